package dev.llmadapt.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layout of the records in a JSON file, as its first value shows it.
 *
 * @param kind the way in which the records follow each other
 * @param keys the keys of the first value, if it is an object
 * @param lists the keys whose values are arrays of objects, with the place where each array begins
 * @param alone whether nothing follows the first value
 */
public record JsonLayout(Kind kind, Set<String> keys, Map<String, Place> lists, boolean alone) {
    /** A way in which records follow each other. */
    public enum Kind {
        /** One record per line; also the layout of whatever is not JSON. */
        LINES,
        /** One array. */
        ARRAY,
        /** Objects over several lines, one after the other. */
        VALUES
    }

    /**
     * A place in a file.
     *
     * @param offset in bytes of UTF-8
     * @param line from 1
     */
    public record Place(long offset, long line) {}

    /** Copies the collections. */
    public JsonLayout {
        keys = Set.copyOf(keys);
        lists = Map.copyOf(lists);
    }

    private JsonLayout(Kind kind) {
        this(kind, Set.of(), Map.of(), false);
    }

    /** Finds the layout of a stream by reading its first value. */
    public static JsonLayout of(InputStream in) throws IOException {
        return new Scan(in).layout();
    }

    /** The key of the one list that holds all records of a file that is one object, or null. */
    public @Nullable String wrapper() {
        return alone && lists.size() == 1 ? lists.keySet().iterator().next() : null;
    }

    /** The message for a file that is one object with several lists, which is not read. */
    public String severalLists() {
        return "one JSON object with the lists "
                + lists.keySet().stream().sorted().toList()
                + ", expected one list of records, or one record a line; write each list into a file of its own";
    }

    /** A reading of a stream by brackets and quotes. */
    private static final class Scan {
        private static final int END = -1;

        private final InputStream in;
        private long offset = -1;
        private long line = 1;
        private int here = ' ';

        Scan(InputStream in) throws IOException {
            this.in = in;
            next();
        }

        JsonLayout layout() throws IOException {
            skipWhite();
            long first = line;
            boolean array = here == '[';
            try {
                if (array) {
                    boolean several = skipValue(true) > 0;
                    skipWhite();
                    boolean moreLines = here != END && line > first;
                    return new JsonLayout(!several && moreLines ? Kind.LINES : Kind.ARRAY);
                }
                return here == '{' ? object(first) : new JsonLayout(Kind.LINES);
            } catch (NoJson e) {
                return new JsonLayout(array && here == END ? Kind.ARRAY : Kind.LINES);
            }
        }

        private JsonLayout object(long first) throws IOException, NoJson {
            Map<String, Place> keys = new LinkedHashMap<>();
            Map<String, Place> lists = new LinkedHashMap<>();
            next();
            skipWhite();
            while (here != '}') {
                String key = key();
                skipWhite();
                require(':');
                skipWhite();
                Place place = new Place(offset, line);
                keys.put(key, place);
                if (here == '[') {
                    next();
                    skipWhite();
                    if (here == '{') {
                        lists.put(key, place);
                    }
                    skipInside(1, false);
                } else {
                    skipValue(false);
                }
                skipWhite();
                if (here == ',') {
                    next();
                    skipWhite();
                } else if (here != '}') {
                    throw new NoJson();
                }
            }
            boolean several = line > first;
            next();
            skipWhite();
            return new JsonLayout(several ? Kind.VALUES : Kind.LINES, keys.keySet(), lists, here == END);
        }

        private String key() throws IOException, NoJson {
            ByteArrayOutputStream key = new ByteArrayOutputStream();
            string(key);
            return key.toString(StandardCharsets.UTF_8);
        }

        private void string(@Nullable ByteArrayOutputStream kept) throws IOException, NoJson {
            if (here != '"') {
                throw new NoJson();
            }
            for (next(); here != '"'; next()) {
                if (here == '\\') {
                    next();
                }
                if (here == '\n' || here == END) {
                    throw new NoJson();
                }
                if (kept != null) {
                    kept.write(here);
                }
            }
            next();
        }

        /**
         * Skips a value and returns the number of lines after its first, or 1 as soon as that is known, if that is
         * enough.
         */
        private long skipValue(boolean firstLine) throws IOException, NoJson {
            if (here == '"') {
                string(null);
                return 0;
            }
            if (here == '{' || here == '[') {
                next();
                return skipInside(1, firstLine);
            }
            while (here != END && here != ',' && here != '}' && here != ']' && here > ' ') {
                next();
            }
            return 0;
        }

        private long skipInside(int open, boolean firstLine) throws IOException, NoJson {
            long first = line;
            int depth = open;
            while (depth > 0) {
                if (here == END) {
                    throw new NoJson();
                }
                if (firstLine && line > first) {
                    return 1;
                }
                if (here == '"') {
                    string(null);
                    continue;
                }
                if (here == '{' || here == '[') {
                    depth++;
                } else if (here == '}' || here == ']') {
                    depth--;
                }
                next();
            }
            return line - first;
        }

        private void require(char wanted) throws IOException, NoJson {
            if (here != wanted) {
                throw new NoJson();
            }
            next();
        }

        private void skipWhite() throws IOException {
            while (here == ' ' || here == '\t' || here == '\r' || here == '\n') {
                next();
            }
        }

        private void next() throws IOException {
            if (here == '\n') {
                line++;
            }
            here = in.read();
            offset++;
        }
    }

    /** The signal that the bytes are not JSON. */
    private static final class NoJson extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        NoJson() {
            super(null, null, false, false);
        }
    }
}
