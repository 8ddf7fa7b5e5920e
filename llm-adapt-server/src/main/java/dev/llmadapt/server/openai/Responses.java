package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Generation;
import dev.llmadapt.Token;
import dev.llmadapt.server.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/** What responses of several routes have in common. */
final class Responses {
    /** JSON has no infinite numbers; OpenAI writes this for a probability of 0. */
    private static final double LEAST_LOG_PROBABILITY = -9999;

    private Responses() {}

    static void json(Exchange exchange, JsonElement value) {
        exchange.respond(200, "application/json", value.toString().getBytes(StandardCharsets.UTF_8));
    }

    static String id(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }

    /** The beginning of a response. */
    static JsonObject head(String id, String object, String model) {
        JsonObject head = new JsonObject();
        head.addProperty("id", id);
        head.addProperty("object", object);
        head.addProperty("created", Instant.now().getEpochSecond());
        head.addProperty("model", model);
        return head;
    }

    static String finishReason(Generation answer) {
        return switch (answer.finishReason()) {
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case STOP, INTERRUPTED -> "stop"; // an interrupted answer is told as an error before
        };
    }

    /** A log-probability as JSON has numbers; null where it is not known. */
    static JsonElement logProbability(double value) {
        return Double.isNaN(value) ? JsonNull.INSTANCE : new JsonPrimitive(Math.max(value, LEAST_LOG_PROBABILITY));
    }

    /** The bytes of a token; null for a special one, which has none. */
    static JsonElement bytes(List<Integer> bytes) {
        if (bytes.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        JsonArray json = new JsonArray(bytes.size());
        bytes.forEach(json::add);
        return json;
    }

    /**
     * The usage of a request.
     *
     * @param prompt the tokens of prompts, those of one with several answers once
     * @param cached those of them that a cache held
     * @param reasoning the tokens of thoughts among the completion's; empty if they are not known
     */
    static JsonObject usage(long prompt, long cached, long completion, OptionalLong reasoning) {
        JsonObject usage = new JsonObject();
        usage.addProperty("prompt_tokens", prompt);
        usage.addProperty("completion_tokens", completion);
        usage.addProperty("total_tokens", prompt + completion);
        JsonObject held = new JsonObject();
        held.addProperty("cached_tokens", cached);
        usage.add("prompt_tokens_details", held);
        if (reasoning.isPresent()) {
            JsonObject details = new JsonObject();
            details.addProperty("reasoning_tokens", reasoning.getAsLong());
            usage.add("completion_tokens_details", details);
        }
        return usage;
    }

    /** The number of tokens of the thoughts; empty where a layer thought in calls of its own. */
    static OptionalLong reasoningTokens(List<Generation> answers) {
        long count = 0;
        for (Generation answer : answers) {
            StringBuilder own = new StringBuilder();
            for (Token token : answer.tokens()) {
                own.append(token.reasoning());
                count += token.reasoning().isEmpty() ? 0 : 1;
            }
            if (!own.toString().equals(answer.reasoning())) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(count);
    }
}
