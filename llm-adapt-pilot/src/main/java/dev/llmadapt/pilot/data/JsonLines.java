package dev.llmadapt.pilot.data;

import com.google.gson.JsonElement;
import dev.llmadapt.peft.data.StrictJson;
import dev.llmadapt.text.BrokenRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON Lines: one object a line; texts, numbers and booleans are cells, nested values are cells of JSON, null is an empty one. */
final class JsonLines {
    private JsonLines() {}

    /** Reads a whole file; the columns are all keys met, in the order of their first appearance. */
    static Table read(Path file) {
        Set<String> columns = new LinkedHashSet<>();
        List<Map<String, String>> objects = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        String[] texts = TextFile.read(file).split("\r\n?|\n", -1);
        for (int i = 0; i < texts.length; i++) {
            if (texts[i].isBlank()) {
                continue;
            }
            if (objects.size() == Table.MAX_ROWS) {
                throw new TaskFileException(file, "more than " + Table.MAX_ROWS + " rows; take a sample of the file");
            }
            Map<String, String> object = object(file, i + 1, texts[i]);
            columns.addAll(object.keySet());
            if (columns.size() > Table.MAX_COLUMNS) {
                throw new TaskFileException(
                        file,
                        i + 1,
                        "more than " + Table.MAX_COLUMNS + " different keys; expected the same keys a line");
            }
            objects.add(object);
            lines.add((long) i + 1);
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

    private static Map<String, String> object(Path file, long line, String text) {
        try {
            Map<String, String> cells = new LinkedHashMap<>();
            for (Map.Entry<String, JsonElement> entry : StrictJson.object(text).entrySet()) {
                JsonElement value = entry.getValue();
                String nested = value.isJsonNull() ? "" : value.toString();
                cells.put(entry.getKey(), value.isJsonPrimitive() ? value.getAsString() : nested);
            }
            return cells;
        } catch (BrokenRecord e) {
            throw new TaskFileException(file, line, e.reason(), e);
        }
    }
}
