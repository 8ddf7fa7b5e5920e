package dev.llmadapt.text;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file under its header. A row with more or fewer fields than the header is broken, and the next line
 * is read as the beginning of a row, so that no value moves into another column and none is lost. For one thread.
 */
public final class CsvTable {
    /**
     * The separator to be detected: the one of comma, semicolon and tab that occurs most in the header, or the one
     * named in a line such as {@code sep=;} before it.
     */
    public static final char DETECTED = '\0';

    private static final int MAX_COLUMNS = 1_000;
    private static final Map<Character, String> SEPARATORS = Map.of(',', "comma", ';', "semicolon", '\t', "tab");

    private final CsvRecords records;
    private final char separator;
    private final List<String> columns;
    private @Nullable List<String> cells;
    private String trouble = "";

    private CsvTable(CsvRecords records, char separator, List<String> columns) {
        this.records = records;
        this.separator = separator;
        this.columns = columns;
    }

    /**
     * Reads the header of a table; a file without any line has no columns.
     *
     * @param separator the character between fields, or {@link #DETECTED}
     * @param maxChars the maximum length of a row, in characters
     * @throws BrokenRecord if the header cannot be read, a column has no name, or two have the same
     */
    public static CsvTable open(Lines lines, char separator, int maxChars) throws IOException, BrokenRecord {
        CsvRecords records = new CsvRecords(lines, separator == DETECTED ? ',' : separator, maxChars);
        char used = separator;
        if (separator == DETECTED) {
            String first = records.peek();
            if (first.toLowerCase(Locale.ROOT).matches("sep=.")) {
                records.skip();
                used = first.charAt(first.length() - 1);
            } else {
                used = separatorOf(first);
            }
            records.separateBy(used);
        }
        if (!records.advance()) {
            return new CsvTable(records, used, List.of());
        }
        try {
            return new CsvTable(records, used, columns(records.fields()));
        } catch (BrokenRecord e) {
            throw new BrokenRecord("the header cannot be read, line " + records.line() + ": " + e.reason());
        }
    }

    private static char separatorOf(String header) throws BrokenRecord {
        Map<Character, Integer> counts = new HashMap<>();
        boolean quoted = false;
        for (int i = 0; i < header.length(); i++) {
            quoted ^= header.charAt(i) == '"';
            if (!quoted && SEPARATORS.containsKey(header.charAt(i))) {
                counts.merge(header.charAt(i), 1, Integer::sum);
            }
        }
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        List<Character> likely = counts.keySet().stream()
                .filter(each -> counts.getOrDefault(each, 0) == most)
                .sorted()
                .toList();
        if (likely.size() > 1) {
            throw new BrokenRecord("the header cannot be read, '" + BrokenRecord.brief(header) + "': it has as many "
                    + String.join("s as ", likely.stream().map(SEPARATORS::get).toList())
                    + "s; write names of columns with such a character in quotes");
        }
        return likely.isEmpty() ? ',' : likely.get(0);
    }

    private static List<String> columns(List<String> header) throws BrokenRecord {
        List<String> columns = header.stream().map(FieldNames::clean).toList();
        String found = ", found columns " + BrokenRecord.brief(columns.toString());
        if (columns.size() > MAX_COLUMNS) {
            throw new BrokenRecord(columns.size() + " columns, at most " + MAX_COLUMNS + " are read");
        }
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i);
            if (name.isEmpty()) {
                throw new BrokenRecord("column " + (i + 1) + " has no name" + found);
            }
            if (names.put(FieldNames.fold(name), i) != null) {
                throw new BrokenRecord("two columns are called '" + BrokenRecord.brief(name) + "'" + found);
            }
        }
        return columns;
    }

    /** The names of the columns, all different, without white space around them. */
    public List<String> columns() {
        return columns;
    }

    /** The character between fields, as given or detected. */
    public char separator() {
        return separator;
    }

    /**
     * Moves to the next row.
     *
     * @return whether there is one
     * @throws IOException if the file cannot be read on
     */
    public boolean advance() throws IOException {
        if (!records.advance()) {
            return false;
        }
        try {
            cells = records.fields();
            if (cells.size() != columns.size()) {
                String name = SEPARATORS.getOrDefault(separator, "'" + separator + "'");
                throw new BrokenRecord("got " + cells.size() + " fields, expected " + columns.size()
                        + " as in the header " + BrokenRecord.brief(columns.toString()) + "; a text with a " + name
                        + " in it must stand in quotes");
            }
        } catch (BrokenRecord e) {
            cells = null;
            trouble = e.reason();
            records.refuse(trouble);
        }
        return true;
    }

    /** The line where the row begins, from 1. */
    public long line() {
        return records.line();
    }

    /**
     * The row's cells, one per column.
     *
     * @throws BrokenRecord if the row cannot be used
     */
    public List<String> cells() throws BrokenRecord {
        if (cells == null) {
            throw new BrokenRecord(trouble);
        }
        return cells;
    }
}
