package dev.llmadapt.rag.documents;

import com.google.gson.JsonObject;
import dev.llmadapt.rag.documents.DocumentSource.Broken;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.CsvTable;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.StrictJson;
import dev.llmadapt.text.Utf8Input;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Files with one document a row. A broken row does not hinder the others, but an index must delete the passages of all
 * rows that were not read this time: their access lists may have changed.
 */
final class RowFiles {
    private static final int MAX_ROW_BYTES = 64 << 20; // bytes of a row

    private RowFiles() {}

    /** Reads CSV with commas, semicolons or tabs, whichever the header has. */
    static void csv(FileForm.Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        table(raw, CsvTable.DETECTED, to, broken);
    }

    /** Reads CSV with tabs. */
    static void tsv(FileForm.Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        table(raw, '\t', to, broken);
    }

    private static void table(FileForm.Raw raw, char separator, Consumer<Document> to, Consumer<Broken> broken)
            throws IOException {
        try (Utf8Input in = Utf8Input.of(Files.newInputStream(raw.file()), raw.declared())) {
            CsvTable table;
            try {
                table = CsvTable.open(new Lines(in, MAX_ROW_BYTES), separator, MAX_ROW_BYTES);
            } catch (BrokenRecord e) {
                broken.accept(new Broken(raw.source(), "", e.reason(), true));
                return;
            }
            List<String> columns = table.columns();
            if (!Row.hasText(columns)) {
                String found = columns.isEmpty() ? "it is empty" : "found " + BrokenRecord.brief(columns.toString());
                broken.accept(
                        new Broken(raw.source(), "", "its header has no column 'text' or 'content', " + found, true));
                return;
            }
            for (int number = 1; table.advance(); number++) {
                try {
                    List<String> cells = table.cells();
                    List<Row.Field> fields = new ArrayList<>();
                    for (int i = 0; i < columns.size(); i++) {
                        fields.add(new Row.Field(columns.get(i), cells.get(i)));
                    }
                    accept(fields, number, table.line(), raw, to, broken);
                } catch (BrokenRecord e) {
                    broken(e.reason(), table.line(), raw, broken);
                }
            }
        }
    }

    /** Reads JSON Lines: one object a line. */
    static void jsonLines(FileForm.Raw raw, Consumer<Document> to, Consumer<Broken> broken) throws IOException {
        try (Utf8Input in = Utf8Input.of(Files.newInputStream(raw.file()), raw.declared())) {
            Lines lines = new Lines(in, MAX_ROW_BYTES);
            while (lines.advance()) {
                try {
                    String line = lines.text();
                    if (line.isBlank()) {
                        continue;
                    }
                    JsonObject object = StrictJson.object(line);
                    List<Row.Field> fields = object.entrySet().stream()
                            .map(entry -> new Row.Field(entry.getKey(), entry.getValue()))
                            .toList();
                    accept(fields, Math.toIntExact(lines.line()), lines.line(), raw, to, broken);
                } catch (BrokenRecord e) {
                    broken(e.reason(), lines.line(), raw, broken);
                }
            }
        }
    }

    private static void accept(
            List<Row.Field> fields,
            int number,
            long line,
            FileForm.Raw raw,
            Consumer<Document> to,
            Consumer<Broken> broken) {
        Document document;
        try {
            document = Row.document(fields, raw.id() + "#", number, raw.source(), raw.time());
        } catch (IllegalArgumentException e) {
            broken(String.valueOf(e.getMessage()), line, raw, broken);
            return;
        }
        to.accept(document);
    }

    private static void broken(String reason, long line, FileForm.Raw raw, Consumer<Broken> broken) {
        broken.accept(new Broken(raw.source(), "line " + line, reason, true));
    }
}
