package dev.llmadapt.pilot.task;

import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.CsvTable;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.Utf8Input;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A whole CSV file as a table whose rows are of equal length; the first broken record is the file's trouble. */
final class Csv {
    private Csv() {}

    /** Reads a whole file. */
    static Table read(Path file, char separator) {
        byte[] text = TextFile.read(file).getBytes(StandardCharsets.UTF_8);
        try (Utf8Input in = Utf8Input.of(new ByteArrayInputStream(text), null)) {
            CsvTable table;
            try {
                table = CsvTable.open(new Lines(in, text.length), separator, text.length);
            } catch (BrokenRecord e) {
                throw new TaskFileException(file, e.reason(), e);
            }
            List<Table.Row> rows = new ArrayList<>();
            while (table.advance()) {
                if (rows.size() == Table.MAX_ROWS) {
                    throw new TaskFileException(
                            file, "more than " + Table.MAX_ROWS + " rows; take a sample of the file");
                }
                try {
                    rows.add(new Table.Row(table.line(), table.cells()));
                } catch (BrokenRecord e) {
                    throw new TaskFileException(file, table.line(), e.reason(), e);
                }
            }
            return new Table(file, table.columns(), rows, table.separator());
        } catch (IOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
