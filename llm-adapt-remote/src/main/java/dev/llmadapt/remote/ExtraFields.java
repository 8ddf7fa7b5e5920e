package dev.llmadapt.remote;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Fields of bodies that users add, none of which may be one that requests set. */
final class ExtraFields {
    private static final Set<String> OWN_FIELDS = Set.of(
            "model",
            "messages",
            "prompt",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "repeat_penalty",
            "repeat_last_n",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "seed",
            "logprobs",
            "top_logprobs",
            "return_token_ids",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "structured_outputs",
            "grammar",
            "json_schema",
            "chat_template_kwargs",
            "add_generation_prompt",
            "continue_final_message",
            "echo",
            "n");

    private ExtraFields() {}

    /**
     * Refuses fields that requests set, and what is no value of JSON.
     *
     * @throws IllegalArgumentException if there is one, naming it
     */
    static void check(Map<String, Object> fields) {
        Set<String> taken = new TreeSet<>(fields.keySet());
        taken.retainAll(OWN_FIELDS);
        if (!taken.isEmpty()) {
            throw new IllegalArgumentException(
                    "the fields " + taken + " of the body are set by requests and their options; set them there");
        }
        json(fields);
    }

    /** The fields as JSON. */
    static JsonObject json(Map<String, Object> fields) {
        JsonObject json = new JsonObject();
        Gson gson = new Gson();
        fields.forEach((name, value) -> {
            JsonElement element;
            try {
                element = gson.toJsonTree(value);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "the field '" + name + "' of the body is no JSON value: " + e.getMessage(), e);
            }
            json.add(name, element);
        });
        return json;
    }
}
