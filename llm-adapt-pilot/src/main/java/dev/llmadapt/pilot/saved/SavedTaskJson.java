package dev.llmadapt.pilot.saved;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.json.JsonFields;
import dev.llmadapt.pilot.task.Metrics;
import dev.llmadapt.pilot.task.SchemaJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON of the task of a saved strategy, with its examples and its corpus. */
final class SavedTaskJson {
    private SavedTaskJson() {}

    /** A task as an object. */
    static JsonObject write(Task task) {
        JsonObject json = new JsonObject();
        json.addProperty("name", task.name());
        json.addProperty("instruction", task.instruction());
        json.addProperty("metric", task.metric().name());
        JsonArray labels = new JsonArray();
        task.labels().forEach(labels::add);
        json.add("labels", labels);
        task.schema().ifPresent(schema -> json.add("schema", JsonParser.parseString(SchemaJson.write(schema))));
        json.add("examples", JsonFields.array(task.examples(), example -> {
            JsonObject one = new JsonObject();
            one.addProperty("id", example.id());
            one.addProperty("input", example.input());
            one.addProperty("output", example.output());
            return one;
        }));
        json.add("corpus", JsonFields.array(task.corpus(), passage -> {
            JsonObject one = new JsonObject();
            one.addProperty("id", passage.id());
            one.addProperty("title", passage.title());
            one.addProperty("text", passage.text());
            return one;
        }));
        return json;
    }

    /** The labels of a file, by the ones shown. */
    static JsonObject labels(Map<String, String> fileLabels) {
        JsonObject json = new JsonObject();
        new TreeMap<>(fileLabels).forEach(json::addProperty);
        return json;
    }

    /** Reads what {@link #labels} wrote into a strategy; those of before have none. */
    static Map<String, String> readLabels(JsonObject strategy) {
        Map<String, String> labels = new TreeMap<>();
        if (strategy.has("fileLabels")) {
            strategy.getAsJsonObject("fileLabels")
                    .entrySet()
                    .forEach(
                            entry -> labels.put(entry.getKey(), entry.getValue().getAsString()));
        }
        return labels;
    }

    /** Reads what {@link #write} wrote. */
    static Task read(JsonObject json) {
        List<String> labels = new ArrayList<>();
        JsonFields.member(json, "labels").getAsJsonArray().forEach(label -> labels.add(label.getAsString()));
        return new Task(
                JsonFields.text(json, "name"),
                JsonFields.text(json, "instruction"),
                labels,
                json.has("schema")
                        ? Optional.of(SchemaJson.read(json.get("schema").toString()))
                        : Optional.empty(),
                JsonFields.list(
                        JsonFields.member(json, "examples").getAsJsonArray(),
                        one -> new Example(
                                JsonFields.text(one, "id"),
                                JsonFields.text(one, "input"),
                                JsonFields.text(one, "output"))),
                JsonFields.list(
                        JsonFields.member(json, "corpus").getAsJsonArray(),
                        one -> new Passage(
                                JsonFields.text(one, "id"),
                                JsonFields.text(one, "title"),
                                JsonFields.text(one, "text"),
                                0)),
                Metrics.named(JsonFields.text(json, "metric"))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "'metric' must be one of " + Metrics.names() + ", got '" + json.get("metric") + "'")));
    }
}
