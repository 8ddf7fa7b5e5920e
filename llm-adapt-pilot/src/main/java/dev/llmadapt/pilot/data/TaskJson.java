package dev.llmadapt.pilot.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import dev.llmadapt.peft.data.MalformedJson;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What {@code task.json} says.
 *
 * @param name for reports
 * @param instruction what to do, in words the model reads
 * @param labels the allowed answers, or empty for those of the training examples
 * @param textColumn the text column's name, or empty to find it
 * @param labelColumn the label column's name, or empty to find it
 * @param labelsAsWords whether labels are shown to the model as words
 * @param unknownKeys keys this reader does not know
 */
public record TaskJson(
        String name,
        String instruction,
        List<String> labels,
        String textColumn,
        String labelColumn,
        boolean labelsAsWords,
        List<String> unknownKeys) {
    private static final Set<String> KEYS = Set.of(
            "name", "instruction", "labels", "textColumn", "labelColumn", "labelStyle", "description", "licence");

    /** Copies. */
    public TaskJson {
        labels = List.copyOf(labels);
        unknownKeys = List.copyOf(unknownKeys);
    }

    /**
     * Reads it.
     *
     * @throws TaskFileException if it is not a JSON object, a known key has the wrong type, or name or instruction is missing
     */
    public static TaskJson read(Path file) {
        JsonObject object = parse(file);
        List<String> labels = new ArrayList<>();
        JsonElement array = object.get("labels");
        if (array != null && !array.isJsonArray()) {
            throw new TaskFileException(file, "'labels' must be an array of texts, got " + array);
        }
        if (array != null) {
            for (JsonElement label : array.getAsJsonArray()) {
                labels.add(text(file, "labels", label));
            }
            if (labels.size() < 2 || Set.copyOf(labels).size() < labels.size()) {
                throw new TaskFileException(file, "'labels' must be at least two different texts, got " + labels);
            }
        }
        String style = optional(file, object, "labelStyle");
        if (!Set.of("", "as-is", "words").contains(style)) {
            throw new TaskFileException(file, "'labelStyle' must be as-is or words, got '" + style + "'");
        }
        return new TaskJson(
                required(file, object, "name"),
                required(file, object, "instruction"),
                labels,
                optional(file, object, "textColumn"),
                optional(file, object, "labelColumn"),
                style.equals("words"),
                object.keySet().stream().filter(key -> !KEYS.contains(key)).toList());
    }

    private static JsonObject parse(Path file) {
        JsonReader reader = new JsonReader(new StringReader(TextFile.read(file)));
        reader.setStrictness(Strictness.STRICT);
        JsonElement root;
        try {
            root = JsonParser.parseReader(reader);
        } catch (JsonParseException e) {
            throw new TaskFileException(file, MalformedJson.inFile(e), e);
        }
        if (!root.isJsonObject()) {
            throw new TaskFileException(file, "expected a JSON object with name and instruction, got " + root);
        }
        return root.getAsJsonObject();
    }

    private static String required(Path file, JsonObject object, String key) {
        String value = optional(file, object, key);
        if (value.isEmpty()) {
            throw new TaskFileException(file, "'" + key + "' is missing, found keys " + object.keySet());
        }
        return value;
    }

    private static String optional(Path file, JsonObject object, String key) {
        JsonElement value = object.get(key);
        return value == null || value.isJsonNull() ? "" : text(file, key, value);
    }

    private static String text(Path file, String key, JsonElement value) {
        if (!value.isJsonPrimitive()
                || !value.getAsJsonPrimitive().isString()
                || value.getAsString().isBlank()) {
            throw new TaskFileException(file, "'" + key + "' must be a text that is not empty, got " + value);
        }
        return value.getAsString().strip();
    }
}
