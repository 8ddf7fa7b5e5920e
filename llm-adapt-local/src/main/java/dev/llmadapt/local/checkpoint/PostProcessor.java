package dev.llmadapt.local.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens that the {@code post_processor} of a {@code tokenizer.json} puts around a text: a
 * {@code TemplateProcessing}, BERT's or RoBERTa's, alone or in a {@code Sequence}.
 *
 * @param prefix ids before the text
 * @param suffix ids after it
 */
record PostProcessor(List<Integer> prefix, List<Integer> suffix) {
    static final PostProcessor NONE = new PostProcessor(List.of(), List.of());

    /** Reads a post-processor; {@code file} stands in messages. */
    static PostProcessor read(String file, JsonElement element) {
        if (element.isJsonNull()) {
            return NONE;
        }
        Json json = Json.of(file + " post_processor", element);
        return switch (json.string("type").orElse("")) {
            case "Sequence" -> sequence(file, json);
            case "TemplateProcessing" -> template(json);
            case "BertProcessing", "RobertaProcessing" ->
                new PostProcessor(List.of(id(json, "cls")), List.of(id(json, "sep")));
            case "ByteLevel" -> NONE;
            default ->
                throw json.wrong(
                        "type",
                        "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or Sequence",
                        json.has("type") ? json.object().get("type") : element);
        };
    }

    /** Each works on what the ones before it made. */
    private static PostProcessor sequence(String file, Json json) {
        List<Integer> prefix = new ArrayList<>();
        List<Integer> suffix = new ArrayList<>();
        for (JsonElement each : json.array("processors").orElseGet(JsonArray::new)) {
            PostProcessor processor = read(file, each);
            prefix.addAll(0, processor.prefix);
            suffix.addAll(processor.suffix);
        }
        return new PostProcessor(prefix, suffix);
    }

    private static PostProcessor template(Json json) {
        List<Integer> prefix = new ArrayList<>();
        List<Integer> suffix = new ArrayList<>();
        boolean after = false;
        for (JsonElement piece : json.array("single").orElseGet(JsonArray::new)) {
            if (piece instanceof JsonObject object && object.get("SpecialToken") instanceof JsonObject special) {
                (after ? suffix : prefix)
                        .addAll(ids(
                                json,
                                Json.of(json.file() + " single", special)
                                        .string("id")
                                        .orElse("")));
            } else {
                after = true; // the text itself
            }
        }
        return new PostProcessor(prefix, suffix);
    }

    private static List<Integer> ids(Json json, String token) {
        Json ids = json.child("special_tokens").flatMap(all -> all.child(token)).orElse(json);
        List<Integer> list = new ArrayList<>();
        for (JsonElement id : ids.array("ids")
                .orElseThrow(() -> json.wrong("single", "tokens of its special_tokens", new JsonPrimitive(token)))) {
            list.add(ids.integer("ids", id));
        }
        return list;
    }

    /** The id of a token and its id. */
    private static int id(Json json, String field) {
        JsonArray pair = json.array(field).orElseGet(JsonArray::new);
        if (pair.size() != 2) {
            throw json.wrong(field, "a token and its id", pair);
        }
        return json.integer(field, pair.get(1));
    }
}
