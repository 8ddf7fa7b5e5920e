package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.server.http.HttpFailure;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** Writes a response and the items of its output. */
final class ResponseJson {
    private final String id = Responses.id("resp_");
    private final long created = Instant.now().getEpochSecond();
    private final String model;
    private final boolean logprobs;
    private final JsonObject told;

    ResponseJson(String model, ResponseRequest request) {
        this.model = model;
        this.logprobs = request.logprobs();
        this.told = request.told();
    }

    /** The response of an answer that is there. */
    JsonObject whole(Generation answer) {
        JsonArray output = new JsonArray();
        if (!answer.reasoning().isEmpty()) {
            output.add(reasoning(Responses.id("rs_"), answer.reasoning(), itemStatus(answer, !hasMessage(answer))));
        }
        if (hasMessage(answer)) {
            output.add(message(Responses.id("msg_"), answer.text(), answer.tokens(), itemStatus(answer, true)));
        }
        answer.toolCalls().forEach(call -> output.add(call(Responses.id("fc_"), call, call.arguments(), "completed")));
        return ended(answer, output);
    }

    /** Whether an answer has a message: not if it calls functions without a word, or was cut off while it thought. */
    static boolean hasMessage(Generation answer) {
        boolean thoughtAlone = answer.finishReason() == FinishReason.LENGTH
                && !answer.reasoning().isEmpty();
        return !answer.text().isEmpty() || (answer.toolCalls().isEmpty() && !thoughtAlone);
    }

    /** The status of an item: only the last one can be cut off. */
    static String itemStatus(Generation answer, boolean last) {
        return last && answer.finishReason() == FinishReason.LENGTH ? "incomplete" : "completed";
    }

    /** The response before its end. */
    JsonObject begun() {
        return response("in_progress", new JsonArray());
    }

    /** The status of a response to an answer. */
    static String status(Generation answer) {
        return answer.finishReason() == FinishReason.LENGTH ? "incomplete" : "completed";
    }

    /** The response at its end. */
    JsonObject ended(Generation answer, JsonArray output) {
        JsonObject response = response(status(answer), output);
        if (answer.finishReason() == FinishReason.LENGTH) {
            JsonObject details = new JsonObject();
            details.addProperty("reason", "max_output_tokens");
            response.add("incomplete_details", details);
        }
        response.add("usage", usage(answer));
        return response;
    }

    /** The response that failed after it had begun. */
    JsonObject failed(HttpFailure failure, JsonArray output) {
        JsonObject response = response("failed", output);
        JsonObject error = new JsonObject();
        error.addProperty("code", "server_error"); // of OpenAI's codes, the one that fits
        error.addProperty("message", failure.message());
        response.add("error", error);
        return response;
    }

    private JsonObject response(String status, JsonArray output) {
        JsonObject response = new JsonObject();
        response.addProperty("id", id);
        response.addProperty("object", "response");
        response.addProperty("created_at", created);
        response.addProperty("status", status);
        response.add("error", JsonNull.INSTANCE);
        response.add("incomplete_details", JsonNull.INSTANCE);
        response.addProperty("model", model);
        response.add("output", output);
        told.entrySet().forEach(each -> response.add(each.getKey(), each.getValue()));
        response.add("usage", JsonNull.INSTANCE);
        return response;
    }

    private static JsonObject usage(Generation answer) {
        int read = answer.usage().promptTokens();
        int written = answer.usage().completionTokens();
        JsonObject usage = new JsonObject();
        usage.addProperty("input_tokens", read);
        JsonObject input = new JsonObject();
        input.addProperty("cached_tokens", answer.usage().cachedPromptTokens());
        input.addProperty("cache_write_tokens", 0); // typed clients must have it; nobody pays for what is kept
        usage.add("input_tokens_details", input);
        usage.addProperty("output_tokens", written);
        OptionalLong thought = Responses.reasoningTokens(List.of(answer));
        if (thought.isPresent()) {
            JsonObject output = new JsonObject();
            output.addProperty("reasoning_tokens", thought.getAsLong());
            usage.add("output_tokens_details", output);
        }
        usage.addProperty("total_tokens", read + written);
        return usage;
    }

    /** The item of a thought. */
    static JsonObject reasoning(String id, String text, String status) {
        JsonObject item = item(id, "reasoning", status);
        item.add("summary", new JsonArray());
        JsonArray content = new JsonArray();
        if (!text.isEmpty()) {
            content.add(thought(text));
        }
        item.add("content", content);
        return item;
    }

    /** The part of a thought. */
    static JsonObject thought(String text) {
        JsonObject part = new JsonObject();
        part.addProperty("type", "reasoning_text");
        part.addProperty("text", text);
        return part;
    }

    /** The item of a text. */
    JsonObject message(String id, String text, List<Token> tokens, String status) {
        JsonObject item = message(id, status);
        item.getAsJsonArray("content").add(text(text, tokens));
        return item;
    }

    /** The item of a text that has no part yet. */
    static JsonObject message(String id, String status) {
        JsonObject item = item(id, "message", status);
        item.addProperty("role", "assistant");
        item.add("content", new JsonArray());
        return item;
    }

    /** The part of a text. */
    JsonObject text(String text, List<Token> tokens) {
        JsonObject part = new JsonObject();
        part.addProperty("type", "output_text");
        part.addProperty("text", text);
        part.add("annotations", new JsonArray());
        part.add("logprobs", logprobs(tokens));
        return part;
    }

    /** The log-probabilities of tokens, if the request wants them. */
    JsonArray logprobs(List<Token> tokens) {
        return logprobs ? ChatJson.logProbabilities(tokens) : new JsonArray();
    }

    /** The item of a call of a function. */
    static JsonObject call(String id, ToolCall call, String arguments, String status) {
        JsonObject item = item(id, "function_call", status);
        item.addProperty("call_id", call.id());
        item.addProperty("name", call.name());
        item.addProperty("arguments", arguments);
        return item;
    }

    private static JsonObject item(String id, String type, String status) {
        JsonObject item = new JsonObject();
        item.addProperty("id", id);
        item.addProperty("type", type);
        item.addProperty("status", status);
        return item;
    }
}
