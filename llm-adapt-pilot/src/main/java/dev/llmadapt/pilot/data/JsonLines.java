package dev.llmadapt.pilot.data;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON Lines: one object a line; texts, numbers and booleans are cells, nested values are left out. */
final class JsonLines {
    private JsonLines() {}

    /** Reads a whole file; the columns are all keys met, in the order of their first appearance. */
    static Table read(Path file) {
        Set<String> columns = new LinkedHashSet<>();
        List<Map<String, String>> objects = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        String[] texts = TextFile.read(file).split("\r?\n", -1);
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
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw new TaskFileException(file, line, "expected a JSON object, got " + words(reader.peek()));
            }
            Map<String, String> object = new LinkedHashMap<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String key = reader.nextName();
                String value = switch (reader.peek()) {
                    case STRING, NUMBER -> reader.nextString();
                    case BOOLEAN -> String.valueOf(reader.nextBoolean());
                    default -> {
                        reader.skipValue();
                        yield "";
                    }
                };
                if (object.put(key, value) != null) {
                    throw new TaskFileException(file, line, "the key '" + key + "' stands twice");
                }
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new TaskFileException(file, line, "expected one JSON object, got more after it");
            }
            return object;
        } catch (MalformedJsonException | EOFException e) {
            throw new TaskFileException(file, line, MalformedJson.inLine(e), e);
        } catch (IOException e) {
            throw new TaskFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static String words(JsonToken token) {
        return switch (token) {
            case BEGIN_ARRAY -> "an array";
            case STRING -> "a text";
            case NUMBER -> "a number";
            default -> token.name().toLowerCase(java.util.Locale.ROOT);
        };
    }
}
