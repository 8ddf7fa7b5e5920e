package dev.llmadapt.pilot.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a file each of which has a text to be answered, with all other columns kept as they are.
 *
 * @param columns the columns' names, all different without regard to case
 * @param rows at least one; each with a cell per column
 * @param textColumn the place of the column with the texts
 * @param separator the character between the fields of the file; a comma where it is no CSV
 * @param marked whether the file begins with the byte order mark of UTF-8, without which Excel takes a CSV for another
 *     encoding
 */
public record TextRows(List<String> columns, List<List<String>> rows, int textColumn, char separator, boolean marked) {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Copies the lists. */
    public TextRows {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** The text of a row. */
    public String text(int row) {
        return rows.get(row).get(textColumn);
    }

    /**
     * Reads a file: a CSV, TSV or JSON file as a table, any other a text a line in one column {@code text}, blank lines
     * left out. Conversations of one question have the columns {@code text} and {@code answer}.
     *
     * @param file what to read
     * @param textColumn the name of the column with the texts; empty takes the only one, or one of the usual names
     * @throws dev.llmadapt.LlmAdaptException if the file is missing, empty or broken, naming the line, or has no such
     *     column
     */
    public static TextRows read(Path file, String textColumn) {
        Table table = ChatRecords.of(TaskFiles.isTable(file) ? Table.read(file) : lines(file))
                .table();
        int column = LabelledRows.textColumn(table, textColumn, "--text-column NAME");
        return new TextRows(
                table.columns(),
                table.rows().stream().map(Table.Row::cells).toList(),
                column,
                table.separator(),
                isMarked(file));
    }

    private static Table lines(Path file) {
        List<String> texts =
                TextFile.read(file).lines().filter(line -> !line.isBlank()).toList();
        return new Table(
                file,
                List.of("text"),
                texts.stream().map(text -> new Table.Row(0, List.of(text))).toList());
    }

    private static boolean isMarked(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MARK.length), MARK);
        } catch (IOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
