package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.server.http.HttpFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parameters that are known elsewhere and not supported here: with a value that changes nothing they are taken. */
final class Refusals {
    private static final Map<String, String> OF_ALL = new LinkedHashMap<>();
    private static final Map<String, String> OF_CHAT = new LinkedHashMap<>();
    private static final Map<String, String> OF_COMPLETIONS = new LinkedHashMap<>();

    static {
        for (String name : new String[] {
            "logit_bias",
            "presence_penalty",
            "frequency_penalty",
            "min_tokens",
            "ignore_eos",
            "stop_token_ids",
            "bad_words",
            "allowed_token_ids",
            "use_beam_search",
            "prompt_logprobs",
            "return_tokens_as_token_ids",
            "lora",
            "typical_p",
            "dry_multiplier",
            "xtc_probability",
            "mirostat"
        }) {
            OF_ALL.put(name, "");
        }
        for (String name : new String[] {
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "grammar",
            "json_schema",
            "structured_outputs"
        }) {
            OF_ALL.put(name, "; use response_format, with a json_schema where a form is wanted");
        }
        OF_CHAT.put("functions", "; use tools");
        OF_CHAT.put("function_call", "; use tool_choice");
        OF_CHAT.put("audio", "");
        OF_CHAT.put("prediction", "");
        OF_CHAT.put("web_search_options", "");
        OF_CHAT.put("echo", "; /v1/completions has it");
        OF_COMPLETIONS.put("suffix", "");
        OF_COMPLETIONS.put("tools", "; /v1/chat/completions has them");
    }

    private Refusals() {}

    static void refuse(RequestFields fields, boolean chat) {
        OF_ALL.forEach((name, hint) -> refuse(fields, name, hint));
        (chat ? OF_CHAT : OF_COMPLETIONS).forEach((name, hint) -> refuse(fields, name, hint));
        fields.value("best_of").filter(value -> !isNumber(value, 1)).ifPresent(value -> {
            throw unsupported(fields, "best_of", value, ", which must be 1; ask for n answers and choose");
        });
        fields.value("modalities")
                .filter(value -> !value.toString().equals("[\"text\"]"))
                .ifPresent(value -> {
                    throw unsupported(fields, "modalities", value, ", which must be [\"text\"]");
                });
        fields.value("repetition_detection").ifPresent(value -> {
            throw unsupported(fields, "repetition_detection", value, "");
        });
    }

    private static void refuse(RequestFields fields, String name, String hint) {
        fields.value(name).filter(value -> !isNeutral(value)).ifPresent(value -> {
            throw unsupported(fields, name, value, hint);
        });
    }

    private static HttpFailure unsupported(RequestFields fields, String name, JsonElement value, String hint) {
        return HttpFailure.unsupported(
                fields.path(name),
                fields.path(name) + " is not supported, got " + RequestFields.shown(value) + hint
                        + (hint.isEmpty() ? "; leave it out" : ""));
    }

    /** Whether a value says that nothing is to be done. */
    private static boolean isNeutral(JsonElement value) {
        if (value instanceof JsonObject object) {
            return object.isEmpty();
        } else if (value instanceof JsonArray array) {
            return array.isEmpty();
        } else if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return !primitive.getAsBoolean();
        } else if (value instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString().isEmpty();
        }
        return isNumber(value, 0);
    }

    private static boolean isNumber(JsonElement value, int number) {
        return RequestFields.wholeOrEmpty(value, number, number).isPresent();
    }
}
