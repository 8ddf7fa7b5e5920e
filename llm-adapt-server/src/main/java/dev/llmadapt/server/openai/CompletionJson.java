package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.llmadapt.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what goes on after texts, whole and in pieces. */
final class CompletionJson {
    private final String id = Responses.id("cmpl-");
    private final String model;
    private final boolean logprobs;
    private final boolean usageFollows;

    CompletionJson(String model, boolean logprobs, boolean usageFollows) {
        this.model = model;
        this.logprobs = logprobs;
        this.usageFollows = usageFollows;
    }

    /** A response, or a piece of one. */
    JsonObject response(JsonArray choices, @Nullable JsonObject usage) {
        JsonObject response = Responses.head(id, "text_completion", model);
        response.add("choices", choices);
        if (usage != null || usageFollows) {
            response.add("usage", usage == null ? JsonNull.INSTANCE : usage);
        }
        return response;
    }

    /** A piece of one answer. */
    JsonObject piece(int index, String text, List<Token> tokens, int offset, @Nullable String finishReason) {
        JsonArray choices = new JsonArray();
        choices.add(choice(index, text, tokens, offset, finishReason));
        return response(choices, null);
    }

    /**
     * An answer, or a piece of one.
     *
     * @param offset where the text of the first token begins in the whole one
     */
    JsonObject choice(int index, String text, List<Token> tokens, int offset, @Nullable String finishReason) {
        JsonObject choice = new JsonObject();
        choice.addProperty("text", text);
        choice.addProperty("index", index);
        choice.add("logprobs", logprobs ? logprobs(tokens, offset) : JsonNull.INSTANCE);
        choice.addProperty("finish_reason", finishReason);
        return choice;
    }

    private static JsonObject logprobs(List<Token> tokens, int offset) {
        JsonArray texts = new JsonArray();
        JsonArray values = new JsonArray();
        JsonArray top = new JsonArray();
        JsonArray offsets = new JsonArray();
        int at = offset;
        for (Token token : tokens) {
            texts.add(token.text());
            values.add(Responses.logProbability(token.logProbability()));
            top.add(candidates(token));
            offsets.add(at);
            at += token.text().length();
        }
        JsonObject logprobs = new JsonObject();
        logprobs.add("tokens", texts);
        logprobs.add("token_logprobs", values);
        boolean any = tokens.stream().anyMatch(token -> !token.candidates().isEmpty());
        logprobs.add("top_logprobs", any ? top : JsonNull.INSTANCE);
        logprobs.add("text_offset", offsets);
        return logprobs;
    }

    /** The likeliest tokens in the place of one; null for a token of the prompt, which has none. */
    private static JsonElement candidates(Token token) {
        if (token.candidates().isEmpty()) {
            return JsonNull.INSTANCE;
        }
        JsonObject json = new JsonObject();
        for (Token.Candidate each : token.candidates()) {
            if (!json.has(each.text())) { // several tokens may have one text: the likeliest comes first
                json.add(each.text(), Responses.logProbability(each.logProbability()));
            }
        }
        return json;
    }
}
