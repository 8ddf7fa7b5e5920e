package dev.llmadapt.text;

import java.io.IOException;

/**
 * The elements of a JSON array, or JSON objects one after the other, separated by brackets and quotes alone: a broken
 * element does not stop the reading as long as its brackets and quotes are balanced. For one thread; the stream stays
 * the caller's.
 */
public final class JsonElements implements TextRecords {
    private static final String NEVER_CLOSED = "a bracket or quote is never closed; what follows cannot be told apart";

    private final Utf8Input in;
    private final ByteWindow window;
    private final Nesting nesting = new Nesting();
    private final RecordBytes current;
    private long lineHere = 1;
    private long line;
    private final boolean array;
    private final boolean part; // of an object, which goes on after the array
    private boolean opened;
    private boolean closed;
    private boolean afterComma;
    private String trouble = "";

    /**
     * The elements of a stream that is one array.
     *
     * @param in the stream; closed by the caller
     * @param maxBytes the maximum size of an element, in bytes of UTF-8
     */
    public JsonElements(Utf8Input in, int maxBytes) {
        this(in, maxBytes, true, false);
    }

    private JsonElements(Utf8Input in, int maxBytes, boolean array, boolean part) {
        this.in = in;
        this.window = new ByteWindow(in);
        this.current = new RecordBytes(maxBytes);
        this.array = array;
        this.part = part;
    }

    /** The elements of an array that begins at a place further on in a stream, which is still at its start. */
    public static JsonElements at(JsonLayout.Place place, Utf8Input in, int maxBytes) throws IOException {
        in.skipNBytes(place.offset());
        JsonElements elements = new JsonElements(in, maxBytes, true, true);
        elements.lineHere = place.line();
        return elements;
    }

    /** The objects of a stream, of one line or several. */
    public static JsonElements values(Utf8Input in, int maxBytes) {
        return new JsonElements(in, maxBytes, false, false);
    }

    @Override
    public boolean advance() throws IOException {
        current.clear();
        if (!trouble.isEmpty()) {
            return false;
        }
        if (!array) {
            boolean more = skipWhite() >= 0;
            line = lineHere;
            if (more) {
                value();
            }
            return more;
        }
        if (!opened) {
            opened = true;
            if (skipWhite() != '[') {
                return stop("expected a JSON array");
            }
            window.position++;
        }
        int next = skipWhite();
        line = lineHere;
        if (closed) {
            return !part && next >= 0 && stop("the file goes on after its JSON array");
        }
        if (next < 0) {
            return stop("the file ends inside its JSON array; is it cut off?");
        }
        if (next == ']' && !afterComma) {
            closed = true;
            window.position++;
            return advance();
        }
        element();
        return true;
    }

    /** Reads up to the comma or bracket that ends the element, the comma included. */
    private void element() throws IOException {
        nesting.clear();
        while (window.fill()) {
            int from = window.position;
            while (window.position < window.end) {
                byte b = window.bytes[window.position];
                if (!nesting.isOpen() && (b == ',' || b == ']')) {
                    current.add(window.bytes, from, window.position);
                    afterComma = b == ',';
                    window.position += afterComma ? 1 : 0;
                    return;
                }
                pass(b);
            }
            current.add(window.bytes, from, window.position);
        }
        trouble = NEVER_CLOSED;
    }

    /** Reads up to the bracket that ends the value, or to the end of the line where none is open. */
    private void value() throws IOException {
        nesting.clear();
        while (window.fill()) {
            int from = window.position;
            while (window.position < window.end) {
                byte b = window.bytes[window.position];
                pass(b);
                if (!nesting.isOpen() && (b == '}' || b == ']' || b == '\n')) {
                    current.add(window.bytes, from, window.position);
                    return;
                }
            }
            current.add(window.bytes, from, window.position);
        }
        if (nesting.isOpen()) {
            trouble = NEVER_CLOSED;
        }
    }

    private void pass(byte b) {
        lineHere += b == '\n' ? 1 : 0;
        nesting.pass(b);
        window.position++;
    }

    /** The brackets and the quote that are open. */
    private static final class Nesting {
        private int depth;
        private boolean quoted;
        private boolean escaped;

        void clear() {
            depth = 0;
            quoted = false;
            escaped = false;
        }

        void pass(byte b) {
            if (quoted) {
                quoted = escaped || b != '"';
                escaped = !escaped && b == '\\';
            } else if (b == '"') {
                quoted = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth = Math.max(0, depth - 1);
            }
        }

        boolean isOpen() {
            return quoted || depth > 0;
        }
    }

    private boolean stop(String why) {
        line = lineHere;
        trouble = why;
        return true;
    }

    /** The byte at the next place that is not white space, which stays unread, or -1 at the end. */
    private int skipWhite() throws IOException {
        while (window.fill()) {
            byte b = window.bytes[window.position];
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return b & 0xFF;
            }
            lineHere += b == '\n' ? 1 : 0;
            window.position++;
        }
        return -1;
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public String text() throws BrokenRecord {
        if (!trouble.isEmpty()) {
            throw new BrokenRecord(trouble);
        }
        return current.text(in.encoding());
    }
}
