package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.llmadapt.Generation;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes answers of a conversation, whole and in pieces. */
final class ChatJson {
    private final String id = Responses.id("chatcmpl-");
    private final String model;
    private final boolean logprobs;
    private final boolean usageFollows;

    /**
     * A writer for one request.
     *
     * @param usageFollows whether the stream ends with a piece that has the usage; all others have null there
     */
    ChatJson(String model, boolean logprobs, boolean usageFollows) {
        this.model = model;
        this.logprobs = logprobs;
        this.usageFollows = usageFollows;
    }

    /** The response of answers that are there. */
    JsonObject whole(List<Generation> answers) {
        JsonObject response = Responses.head(id, "chat.completion", model);
        JsonArray choices = new JsonArray();
        for (Generation answer : answers) {
            JsonObject choice = new JsonObject();
            choice.addProperty("index", choices.size());
            choice.add("message", message(answer));
            choice.add("logprobs", logprobs ? logprobs(answer.tokens()) : JsonNull.INSTANCE);
            choice.addProperty("finish_reason", Responses.finishReason(answer));
            choices.add(choice);
        }
        response.add("choices", choices);
        response.add("usage", usage(answers));
        return response;
    }

    private static JsonObject message(Generation answer) {
        JsonObject message = new JsonObject();
        message.addProperty("role", "assistant");
        boolean calls = !answer.toolCalls().isEmpty();
        message.addProperty("content", calls && answer.text().isEmpty() ? null : answer.text());
        message.add("refusal", JsonNull.INSTANCE);
        if (!answer.reasoning().isEmpty()) {
            message.addProperty("reasoning_content", answer.reasoning());
        }
        if (calls) {
            JsonArray all = new JsonArray();
            answer.toolCalls().forEach(call -> all.add(call(call)));
            message.add("tool_calls", all);
        }
        return message;
    }

    private static JsonObject call(ToolCall call) {
        JsonObject function = new JsonObject();
        function.addProperty("name", call.name());
        function.addProperty("arguments", call.arguments());
        JsonObject json = new JsonObject();
        json.addProperty("id", call.id());
        json.addProperty("type", "function");
        json.add("function", function);
        return json;
    }

    private static JsonObject logprobs(List<Token> tokens) {
        JsonObject logprobs = new JsonObject();
        logprobs.add("content", logProbabilities(tokens));
        logprobs.add("refusal", JsonNull.INSTANCE);
        return logprobs;
    }

    /** The log-probabilities of the tokens of an answer, without those of its thought. */
    static JsonArray logProbabilities(List<Token> tokens) {
        JsonArray content = new JsonArray();
        for (Token token : tokens) {
            if (token.reasoning().isEmpty()) {
                JsonObject each = logprob(token.text(), token.logProbability(), token.bytes());
                JsonArray top = new JsonArray();
                token.candidates()
                        .forEach(candidate ->
                                top.add(logprob(candidate.text(), candidate.logProbability(), candidate.bytes())));
                each.add("top_logprobs", top);
                content.add(each);
            }
        }
        return content;
    }

    private static JsonObject logprob(String text, double logProbability, List<Integer> bytes) {
        JsonObject json = new JsonObject();
        json.addProperty("token", text);
        json.add("logprob", Responses.logProbability(logProbability));
        json.add("bytes", Responses.bytes(bytes));
        return json;
    }

    private static JsonObject usage(List<Generation> answers) {
        return Responses.usage(
                answers.get(0).usage().promptTokens(),
                answers.get(0).usage().cachedPromptTokens(),
                answers.stream()
                        .mapToLong(each -> each.usage().completionTokens())
                        .sum(),
                Responses.reasoningTokens(answers));
    }

    /** The first piece of an answer: who speaks. */
    JsonObject role(int choice) {
        JsonObject delta = new JsonObject();
        delta.addProperty("role", "assistant");
        delta.addProperty("content", "");
        return piece(choice, delta, null, null);
    }

    /** A token. */
    JsonObject token(int choice, Token token) {
        JsonObject delta = new JsonObject();
        if (!token.reasoning().isEmpty()) {
            delta.addProperty("reasoning_content", token.reasoning());
        }
        if (token.reasoning().isEmpty() || !token.text().isEmpty()) {
            delta.addProperty("content", token.text());
        }
        return piece(choice, delta, logprobs ? logprobs(List.of(token)) : null, null);
    }

    /** A thought that came with the answer, not with its tokens. */
    JsonObject reasoning(int choice, String text) {
        JsonObject delta = new JsonObject();
        delta.addProperty("reasoning_content", text);
        return piece(choice, delta, null, null);
    }

    /** A call of a tool. */
    JsonObject call(int choice, int index, ToolCall call) {
        JsonObject json = call(call);
        json.addProperty("index", index);
        JsonArray calls = new JsonArray();
        calls.add(json);
        JsonObject delta = new JsonObject();
        delta.add("tool_calls", calls);
        return piece(choice, delta, null, null);
    }

    /** The last piece of an answer: why it ended. */
    JsonObject end(int choice, Generation answer) {
        return piece(choice, new JsonObject(), null, Responses.finishReason(answer));
    }

    /** The piece after the last one: the usage. */
    JsonObject usagePiece(List<Generation> answers) {
        JsonObject piece = Responses.head(id, "chat.completion.chunk", model);
        piece.add("choices", new JsonArray());
        piece.add("usage", usage(answers));
        return piece;
    }

    private JsonObject piece(
            int choice, JsonObject delta, @Nullable JsonObject logprobs, @Nullable String finishReason) {
        JsonObject each = new JsonObject();
        each.addProperty("index", choice);
        each.add("delta", delta);
        each.add("logprobs", logprobs);
        each.addProperty("finish_reason", finishReason);
        JsonArray choices = new JsonArray();
        choices.add(each);
        JsonObject piece = Responses.head(id, "chat.completion.chunk", model);
        piece.add("choices", choices);
        if (usageFollows) {
            piece.add("usage", JsonNull.INSTANCE);
        }
        return piece;
    }
}
