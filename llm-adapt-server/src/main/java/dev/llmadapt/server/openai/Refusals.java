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
    private static final Map<String, String> OF_RESPONSES = new LinkedHashMap<>();

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
        OF_ALL.put("structural_tag", "; use tools, or structured_outputs with a grammar");
        OF_ALL.put("guided_whitespace_pattern", "; use a grammar");
        OF_ALL.put("grammar_lazy", "; a grammar holds from the first character");
        OF_ALL.put("grammar_triggers", "; a grammar holds from the first character");
        OF_CHAT.put("functions", "; use tools");
        OF_CHAT.put("function_call", "; use tool_choice");
        OF_CHAT.put("audio", "");
        OF_CHAT.put("prediction", "");
        OF_CHAT.put("web_search_options", "");
        OF_CHAT.put("echo", "; /v1/completions has it");
        OF_COMPLETIONS.put("suffix", "");
        OF_COMPLETIONS.put("tools", "; /v1/chat/completions has them");
        String whole = ": this server keeps no responses; send the whole conversation as input";
        OF_RESPONSES.put("previous_response_id", whole);
        OF_RESPONSES.put("conversation", whole);
        OF_RESPONSES.put("background", "; ask without it, with stream for a long answer");
        OF_RESPONSES.put("prompt", ": this server keeps no prompts; send instructions and input");
        OF_RESPONSES.put("context_management", "; shorten the input");
        OF_RESPONSES.put("moderation", "");
        OF_RESPONSES.put("messages", "; use input");
        OF_RESPONSES.put("max_tokens", "; use max_output_tokens");
        OF_RESPONSES.put("max_completion_tokens", "; use max_output_tokens");
        OF_RESPONSES.put("response_format", "; use text.format");
        OF_RESPONSES.put("reasoning_effort", "; use reasoning.effort");
        OF_RESPONSES.put("logprobs", "; use include: [\"message.output_text.logprobs\"]");
        OF_RESPONSES.put("echo", "; /v1/completions has it");
    }

    private Refusals() {}

    static void ofChat(RequestFields fields) {
        refuse(fields, OF_CHAT);
    }

    static void ofCompletions(RequestFields fields) {
        refuse(fields, OF_COMPLETIONS);
    }

    static void ofResponses(RequestFields fields) {
        refuse(fields, OF_RESPONSES);
        fields.value("n").filter(value -> !isNumber(value, 1)).ifPresent(value -> {
            throw unsupported(fields, "n", value, ", which must be 1");
        });
        onlyText(fields, "truncation", "disabled", "; shorten the input");
        fields.object("text").ifPresent(text -> onlyText(text, "verbosity", "medium", "; say it in the instructions"));
        fields.object("reasoning").ifPresent(reasoning -> {
            // what a model thought comes whole, as the content of its item
            onlyText(reasoning, "summary", "auto", "; the thought comes as content");
            onlyText(reasoning, "generate_summary", "auto", "; the thought comes as content");
        });
        fields.object("stream_options").ifPresent(options -> refuse(options, "include_obfuscation", ""));
    }

    private static void onlyText(RequestFields fields, String name, String value, String hint) {
        fields.text(name).filter(given -> !given.equals(value)).ifPresent(given -> {
            throw HttpFailure.unsupported(
                    fields.path(name), fields.path(name) + " must be '" + value + "', got '" + given + "'" + hint);
        });
    }

    private static void refuse(RequestFields fields, Map<String, String> ofRoute) {
        OF_ALL.forEach((name, hint) -> refuse(fields, name, hint));
        ofRoute.forEach((name, hint) -> refuse(fields, name, hint));
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
    static boolean isNeutral(JsonElement value) {
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
