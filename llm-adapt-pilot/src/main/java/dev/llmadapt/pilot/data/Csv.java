package dev.llmadapt.pilot.data;

import dev.llmadapt.peft.data.BrokenRecord;
import dev.llmadapt.peft.data.CsvRecords;
import dev.llmadapt.peft.data.Lines;
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
        CsvRecords records =
                new CsvRecords(new Lines(new ByteArrayInputStream(text), text.length), separator, text.length);
        List<String> columns = null;
        List<Table.Row> rows = new ArrayList<>();
        try {
            while (records.advance()) {
                List<String> fields = records.fields();
                if (columns == null) {
                    columns = fields.stream().map(String::strip).toList();
                    continue;
                }
                if (fields.size() != columns.size()) {
                    throw new TaskFileException(
                            file,
                            records.line(),
                            "got " + fields.size() + " fields, expected " + columns.size() + " as in the header "
                                    + columns + "; a text with a comma in it must stand in quotes");
                }
                if (rows.size() == Table.MAX_ROWS) {
                    throw new TaskFileException(
                            file, "more than " + Table.MAX_ROWS + " rows; take a sample of the file");
                }
                rows.add(new Table.Row(records.line(), fields));
            }
        } catch (BrokenRecord e) {
            throw new TaskFileException(file, records.line(), e.reason(), e);
        } catch (IOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
        return new Table(file, columns == null ? List.of() : columns, rows);
    }
}
