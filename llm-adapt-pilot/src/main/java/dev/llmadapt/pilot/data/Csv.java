package dev.llmadapt.pilot.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CSV as RFC 4180 has it: a header, quoted fields with doubled quotes and line breaks inside, rows of equal length. */
final class Csv {
    private static final Pattern RECORD_START = Pattern.compile("(.*?) \\(record starting at line (\\d+)\\)");

    private Csv() {}

    /** Reads a whole file. */
    static Table read(Path file, char separator) {
        String text = TextFile.read(file);
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .fieldSeparator(separator)
                .allowUnclosedQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(text)) {
            List<String> columns = null;
            List<Table.Row> rows = new ArrayList<>();
            for (CsvRecord record : reader) {
                if (columns == null) {
                    columns = record.getFields().stream().map(String::strip).toList();
                    continue;
                }
                if (record.getFieldCount() != columns.size()) {
                    throw new TaskFileException(
                            file,
                            record.getStartingLineNumber(),
                            "got " + record.getFieldCount() + " fields, expected " + columns.size()
                                    + " as in the header " + columns
                                    + "; a text with a comma in it must stand in quotes");
                }
                if (rows.size() == Table.MAX_ROWS) {
                    throw new TaskFileException(
                            file, "more than " + Table.MAX_ROWS + " rows; take a sample of the file");
                }
                rows.add(new Table.Row(record.getStartingLineNumber(), record.getFields()));
            }
            return new Table(file, columns == null ? List.of() : columns, rows);
        } catch (CsvParseException e) {
            throw broken(file, e);
        } catch (IOException | UncheckedIOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static TaskFileException broken(Path file, CsvParseException e) {
        String message = String.valueOf(e.getMessage());
        Matcher matcher = RECORD_START.matcher(message);
        if (!matcher.matches()) {
            return new TaskFileException(file, "broken CSV: " + message, e);
        }
        boolean unclosed = message.startsWith("Unclosed");
        String trouble = unclosed ? "a quote is opened and never closed" : "broken CSV: " + matcher.group(1);
        return new TaskFileException(
                file,
                Long.parseLong(matcher.group(2)),
                trouble + "; write a quote inside a quoted text as two quotes",
                e);
    }
}
