package dev.llmadapt.pilot.task;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.NearestName;
import dev.llmadapt.text.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The content of {@code task.json}.
 *
 * @param name for reports
 * @param instruction what to do, in words the model reads; empty if it is missing
 * @param labels the allowed answers, or empty for those of the training examples
 * @param textColumn the text column's name, or empty to find it
 * @param labelColumn the label column's name, or empty to find it
 * @param labelsAsWords whether labels are shown to the model as words
 * @param freeText whether answers are free text ({@code "answer": "text"})
 * @param schema the form of answers that are JSON
 * @param metric what answers that are no labels are judged by, or empty for the usual one
 * @param unknownKeys keys this reader does not know
 */
record TaskJson(
        String name,
        String instruction,
        List<String> labels,
        String textColumn,
        String labelColumn,
        boolean labelsAsWords,
        boolean freeText,
        Optional<JsonSchema.ObjectOf> schema,
        String metric,
        List<String> unknownKeys) {
    private static final Set<String> KEYS = Set.of(
            "name",
            "instruction",
            "labels",
            "textColumn",
            "labelColumn",
            "labelStyle",
            "answer",
            "schema",
            "metric",
            "description",
            "licence",
            "license");

    /** Copies the lists. */
    TaskJson {
        labels = List.copyOf(labels);
        unknownKeys = List.copyOf(unknownKeys);
    }

    /**
     * Reads a {@code task.json}.
     *
     * @throws TaskFileException if it is not a JSON object, a known key has the wrong type, or the name is missing
     */
    static TaskJson read(Path file) {
        JsonObject object = parse(file);
        for (String key : object.keySet()) {
            Optional<String> meant = KEYS.contains(key) ? Optional.empty() : NearestName.of(key, KEYS);
            if (meant.isPresent()) {
                throw new TaskFileException(
                        file,
                        "unknown key '" + key + "', did you mean '" + meant.get() + "'? A key of your own needs"
                                + " a name that is less like it");
            }
        }
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
        String answer = optional(file, object, "answer");
        if (!Set.of("", "label", "text").contains(answer)) {
            throw new TaskFileException(file, "'answer' must be label or text, got '" + answer + "'");
        }
        Optional<JsonSchema.ObjectOf> schema = Optional.empty();
        if (object.has("schema")) {
            try {
                schema = Optional.of(SchemaJson.read(object.get("schema")));
            } catch (IllegalArgumentException e) {
                throw new TaskFileException(file, String.valueOf(e.getMessage()), e);
            }
        }
        if ((schema.isPresent() ? 1 : 0) + (answer.equals("text") ? 1 : 0) + (labels.isEmpty() ? 0 : 1) > 1) {
            throw new TaskFileException(
                    file,
                    "an answer is one of 'labels', free text ('answer': 'text') or JSON of a 'schema', got "
                            + object.keySet());
        }
        return new TaskJson(
                required(file, object, "name"),
                optional(file, object, "instruction"),
                labels,
                optional(file, object, "textColumn"),
                optional(file, object, "labelColumn"),
                style.equals("words"),
                answer.equals("text"),
                schema,
                optional(file, object, "metric"),
                object.keySet().stream().filter(key -> !KEYS.contains(key)).toList());
    }

    private static JsonObject parse(Path file) {
        try {
            return StrictJson.document(TextFile.read(file));
        } catch (BrokenRecord e) {
            throw new TaskFileException(file, e.reason(), e);
        }
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
