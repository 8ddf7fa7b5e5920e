package dev.llmadapt.pilot.task;

import com.google.gson.JsonElement;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.JsonElements;
import dev.llmadapt.text.JsonLayout;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.StrictJson;
import dev.llmadapt.text.TextRecords;
import dev.llmadapt.text.Utf8Input;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A JSON file as a table: one object a line, objects over several lines, one array, or one object with one list of
 * objects. Texts, numbers and booleans are cells, nested values are cells of JSON, null is an empty one.
 */
final class JsonLines {
    private JsonLines() {}

    /** Reads a whole file; the columns are all keys met, in the order of their first appearance. */
    static Table read(Path file) {
        Set<String> columns = new LinkedHashSet<>();
        List<Map<String, String>> objects = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        byte[] text = TextFile.read(file).getBytes(StandardCharsets.UTF_8);
        try (Utf8Input in = Utf8Input.of(new ByteArrayInputStream(text), null)) {
            TextRecords records = records(file, JsonLayout.of(new ByteArrayInputStream(text)), in, text.length);
            while (records.advance()) {
                Map<String, String> object = object(file, records);
                if (object.isEmpty()) {
                    continue;
                }
                if (objects.size() == Table.MAX_ROWS) {
                    throw new TaskFileException(
                            file, "more than " + Table.MAX_ROWS + " rows; take a sample of the file");
                }
                columns.addAll(object.keySet());
                if (columns.size() > Table.MAX_COLUMNS) {
                    throw new TaskFileException(
                            file,
                            records.line(),
                            "more than " + Table.MAX_COLUMNS + " different keys; expected the same keys a line");
                }
                objects.add(object);
                lines.add(records.line());
            }
        } catch (IOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
        List<String> names = List.copyOf(columns);
        List<Table.Row> rows = new ArrayList<>(objects.size());
        for (int i = 0; i < objects.size(); i++) {
            Map<String, String> object = objects.get(i);
            rows.add(new Table.Row(
                    lines.get(i),
                    names.stream().map(name -> object.getOrDefault(name, "")).toList()));
        }
        return new Table(file, names, rows);
    }

    private static TextRecords records(Path file, JsonLayout layout, Utf8Input in, int limit) throws IOException {
        boolean conversation = layout.keys().contains(ChatRecords.MESSAGES); // one record, not a list of records
        if (!conversation && layout.alone() && layout.lists().size() > 1) {
            throw new TaskFileException(file, layout.severalLists());
        }
        String wrapper = layout.wrapper();
        if (!conversation && wrapper != null) {
            return JsonElements.at(Objects.requireNonNull(layout.lists().get(wrapper)), in, limit);
        }
        return switch (layout.kind()) {
            case LINES -> new Lines(in, limit);
            case ARRAY -> new JsonElements(in, limit);
            case VALUES -> JsonElements.values(in, limit);
        };
    }

    private static Map<String, String> object(Path file, TextRecords records) {
        try {
            String text = records.text();
            Map<String, String> cells = new LinkedHashMap<>();
            if (text.isBlank()) {
                return cells;
            }
            for (Map.Entry<String, JsonElement> entry : StrictJson.object(text).entrySet()) {
                JsonElement value = entry.getValue();
                String nested = value.isJsonNull() ? "" : value.toString();
                cells.put(entry.getKey(), value.isJsonPrimitive() ? value.getAsString() : nested);
            }
            return cells;
        } catch (BrokenRecord e) {
            throw new TaskFileException(file, records.line(), e.reason(), e);
        }
    }
}
