package dev.llmadapt.text;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a CSV file as RFC 4180 has it: quoted fields with doubled quotes and line breaks inside; text after a
 * closing quote and an unclosed quote are errors, while a quote inside a field that does not begin with one is an
 * ordinary character. Line breaks inside a field are line feeds, whatever the file has. Blank lines between records are
 * skipped. After a broken record the next line is read as the beginning of a record, so that one missing quote does not
 * cost the rest of the file. For one thread.
 */
public final class CsvRecords {
    private static final String NEXT_STEP = "; write a quote inside a quoted text as two quotes";

    private final Lines lines;
    private char separator;
    private final int maxChars;
    private final Deque<Line> unread = new ArrayDeque<>();
    private List<Line> taken = List.of();
    private long line;
    private @Nullable List<String> fields;
    private String trouble = "";

    private record Line(long number, @Nullable String text, String trouble) {}

    /**
     * The records of a file's lines.
     *
     * @param lines the lines to read
     * @param separator the character between fields
     * @param maxChars the maximum length of a record, in characters
     */
    public CsvRecords(Lines lines, char separator, int maxChars) {
        this.lines = lines;
        this.separator = separator;
        this.maxChars = maxChars;
    }

    /**
     * Moves to the next record.
     *
     * @return whether there is one
     * @throws IOException if the file cannot be read on
     */
    public boolean advance() throws IOException {
        Line first = next();
        while (first != null && isBlank(first)) {
            first = next();
        }
        if (first == null) {
            return false;
        }
        line = first.number();
        taken = new ArrayList<>(List.of(first));
        try {
            fields = record(taken);
        } catch (BrokenRecord e) {
            refuse(e.reason());
        }
        return true;
    }

    /** Marks the record as broken; the lines after its first are read again. */
    void refuse(String why) {
        fields = null;
        trouble = why;
        for (int i = taken.size() - 1; i > 0; i--) {
            unread.addFirst(taken.get(i));
        }
        taken = List.of();
    }

    /** The next line that is not blank, which stays unread; empty at the end, or where it cannot be decoded. */
    String peek() throws IOException {
        Line first = next();
        while (first != null && isBlank(first)) {
            first = next();
        }
        if (first == null) {
            return "";
        }
        unread.addFirst(first);
        return first.text() == null ? "" : first.text();
    }

    /** Skips the line that {@link #peek} found. */
    void skip() throws IOException {
        next();
    }

    /** Changes the character between fields. */
    void separateBy(char separator) {
        this.separator = separator;
    }

    private boolean isBlank(Line line) {
        return line.text() != null && line.text().isBlank() && line.text().indexOf(separator) < 0;
    }

    /** The line where the record begins, from 1. */
    public long line() {
        return line;
    }

    /**
     * The record's fields.
     *
     * @throws BrokenRecord if the record cannot be used
     */
    public List<String> fields() throws BrokenRecord {
        if (fields == null) {
            throw new BrokenRecord(trouble);
        }
        return fields;
    }

    private List<String> record(List<Line> taken) throws IOException, BrokenRecord {
        List<String> result = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        String text = text(taken.get(0));
        int length = text.length();
        int i = 0;
        while (true) {
            field.setLength(0);
            if (i < text.length() && text.charAt(i) == '"') {
                i++;
                while (true) {
                    int quote = text.indexOf('"', i);
                    if (quote >= 0) {
                        field.append(text, i, quote);
                        i = quote + 1;
                        if (i < text.length() && text.charAt(i) == '"') {
                            field.append('"');
                            i++;
                            continue;
                        }
                        break;
                    }
                    field.append(text, i, text.length()).append('\n');
                    Line more = next();
                    if (more == null) {
                        throw new BrokenRecord("a quote is opened and never closed" + NEXT_STEP);
                    }
                    taken.add(more);
                    text = text(more);
                    length += text.length() + 1;
                    if (length > maxChars) {
                        throw new BrokenRecord(
                                "a quote is opened and not closed within " + maxChars + " characters" + NEXT_STEP);
                    }
                    i = 0;
                }
                if (i < text.length() && text.charAt(i) != separator) {
                    throw new BrokenRecord(
                            "text after closing quote: '" + BrokenRecord.brief(text.substring(i)) + "'" + NEXT_STEP);
                }
            } else {
                int end = text.indexOf(separator, i);
                end = end < 0 ? text.length() : end;
                field.append(text, i, end);
                i = end;
            }
            result.add(field.toString());
            if (i >= text.length()) {
                return List.copyOf(result);
            }
            i++;
        }
    }

    private static String text(Line line) throws BrokenRecord {
        if (line.text() == null) {
            throw new BrokenRecord(line.trouble());
        }
        return line.text();
    }

    private @Nullable Line next() throws IOException {
        Line again = unread.poll();
        if (again != null) {
            return again;
        }
        if (!lines.advance()) {
            return null;
        }
        try {
            return new Line(lines.line(), lines.text(), "");
        } catch (BrokenRecord e) {
            return new Line(lines.line(), null, e.reason());
        }
    }
}
