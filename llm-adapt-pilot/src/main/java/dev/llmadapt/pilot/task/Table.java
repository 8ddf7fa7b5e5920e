package dev.llmadapt.pilot.task;

import dev.llmadapt.text.CsvTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Rows of text under named columns.
 *
 * @param file where they stand
 * @param columns the columns' names, all different without regard to case
 * @param rows at least one; each as long as the columns
 * @param separator the character between its fields; a comma where it is no CSV
 */
record Table(Path file, List<String> columns, List<Row> rows, char separator) {
    static final int MAX_ROWS = 1_000_000;
    static final int MAX_COLUMNS = 1_000;

    /** Copies the lists; refuses too many columns, columns of one name, and no rows. */
    Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        if (columns.size() > MAX_COLUMNS) {
            throw new TaskFileException(file, columns.size() + " columns, at most " + MAX_COLUMNS + " are read");
        }
        List<String> folded = columns.stream().map(Table::fold).toList();
        for (int i = 0; i < folded.size(); i++) {
            if (folded.indexOf(folded.get(i)) < i) {
                throw new TaskFileException(
                        file, "two columns are called '" + columns.get(i) + "', found columns " + columns);
            }
        }
        if (rows.isEmpty()) {
            throw new TaskFileException(file, "no rows below the header, found columns " + columns);
        }
    }

    /** A table that is no CSV. */
    Table(Path file, List<String> columns, List<Row> rows) {
        this(file, columns, rows, ',');
    }

    /**
     * A row.
     *
     * @param line where it begins in the file, from 1
     * @param cells one text a column; empty where the file has none
     */
    record Row(long line, List<String> cells) {
        /** Copies the cells. */
        Row {
            cells = List.copyOf(cells);
        }
    }

    /**
     * Reads a table by its file's ending: {@code .jsonl}, {@code .ndjson} or {@code .json} as JSON, {@code .tsv} as CSV
     * with tabs, {@code .train}, {@code .dev}, {@code .valid}, {@code .test} and {@code .txt} as lines of a label and a
     * text, anything else as CSV with commas, semicolons or tabs, whichever its header has.
     *
     * @throws TaskFileException if it is no such table, naming the line
     */
    static Table read(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
            return JsonLines.read(file);
        }
        if (LabelFirst.ENDINGS.stream().anyMatch(name::endsWith)) {
            return LabelFirst.read(file);
        }
        return Csv.read(file, name.endsWith(".tsv") ? '\t' : CsvTable.DETECTED);
    }

    /** The place of a column, whatever the case of its name, or -1. */
    int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (fold(columns.get(i)).equals(fold(column))) {
                return i;
            }
        }
        return -1;
    }

    private static String fold(String column) {
        return column.strip().toLowerCase(Locale.ROOT);
    }
}
