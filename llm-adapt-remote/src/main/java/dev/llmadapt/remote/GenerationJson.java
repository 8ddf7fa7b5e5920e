package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An answer as JSON and back, for {@link AnswerFolder}. */
final class GenerationJson {
    private static final int VERSION = 1;

    private GenerationJson() {}

    static String write(Generation answer) {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("text", answer.text());
        json.addProperty("reasoning", answer.reasoning());
        json.addProperty("finishReason", answer.finishReason().name());
        json.addProperty("promptTokens", answer.usage().promptTokens());
        json.addProperty("completionTokens", answer.usage().completionTokens());
        json.addProperty("cachedPromptTokens", answer.usage().cachedPromptTokens());
        json.addProperty("toFirstTokenNanos", answer.timings().toFirstToken().toNanos());
        json.addProperty("totalNanos", answer.timings().total().toNanos());
        JsonArray tokens = new JsonArray();
        JsonArray bytes = new JsonArray();
        for (Token token : answer.tokens()) {
            JsonArray own = new JsonArray();
            own.add(numbers(token.bytes()));
            token.candidates().forEach(candidate -> own.add(numbers(candidate.bytes())));
            bytes.add(own);
            JsonArray row = new JsonArray();
            row.add(token.id());
            row.add(token.text());
            if (Double.isFinite(token.logProbability())) {
                row.add(token.logProbability());
            } else {
                row.add(JsonNull.INSTANCE);
            }
            row.add(token.reasoning());
            for (Token.Candidate candidate : token.candidates()) {
                row.add(candidate.id());
                row.add(candidate.text());
                row.add(candidate.logProbability());
            }
            tokens.add(row);
        }
        json.add("tokens", tokens);
        json.add("bytes", bytes);
        JsonArray calls = new JsonArray();
        for (ToolCall call : answer.toolCalls()) {
            JsonArray row = new JsonArray();
            row.add(call.id());
            row.add(call.name());
            row.add(call.arguments());
            calls.add(row);
        }
        json.add("toolCalls", calls);
        return json.toString();
    }

    private static JsonArray numbers(List<Integer> bytes) {
        JsonArray numbers = new JsonArray(bytes.size());
        bytes.forEach(numbers::add);
        return numbers;
    }

    private static Token token(JsonArray row) {
        List<Token.Candidate> candidates = new ArrayList<>();
        for (int i = 4; i < row.size(); i += 3) {
            candidates.add(new Token.Candidate(
                    row.get(i).getAsInt(),
                    row.get(i + 1).getAsString(),
                    row.get(i + 2).getAsDouble()));
        }
        return new Token(
                row.get(0).getAsInt(),
                row.get(1).getAsString(),
                row.get(2).isJsonNull() ? Double.NaN : row.get(2).getAsDouble(),
                row.get(3).getAsString(),
                candidates);
    }

    /**
     * A token with its bytes.
     *
     * @param bytes its own, then those of each candidate
     */
    private static Token withBytes(Token token, JsonArray bytes) {
        List<Token.Candidate> candidates = new ArrayList<>();
        for (Token.Candidate each : token.candidates()) {
            candidates.add(new Token.Candidate(
                    each.id(), each.text(), each.logProbability(), list(bytes.get(candidates.size() + 1))));
        }
        return new Token(
                token.id(), token.text(), token.logProbability(), token.reasoning(), candidates, list(bytes.get(0)));
    }

    private static List<Integer> list(JsonElement numbers) {
        return numbers.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsInt)
                .toList();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws RuntimeException if it is something else
     */
    static Generation read(String text) {
        JsonObject json = JsonParser.parseString(text).getAsJsonObject();
        if (json.get("version").getAsInt() != VERSION) {
            throw new IllegalArgumentException("another version");
        }
        List<Token> tokens = new ArrayList<>();
        JsonArray bytes = json.getAsJsonArray("bytes"); // answers that were kept before tokens had bytes have none
        for (JsonElement each : json.getAsJsonArray("tokens")) {
            Token token = token(each.getAsJsonArray());
            tokens.add(
                    bytes == null
                            ? token
                            : withBytes(token, bytes.get(tokens.size()).getAsJsonArray()));
        }
        List<ToolCall> calls = new ArrayList<>();
        for (JsonElement each : json.getAsJsonArray("toolCalls")) {
            JsonArray row = each.getAsJsonArray();
            calls.add(new ToolCall(
                    row.get(0).getAsString(),
                    row.get(1).getAsString(),
                    row.get(2).getAsString()));
        }
        return new Generation(
                json.get("text").getAsString(),
                tokens,
                FinishReason.valueOf(json.get("finishReason").getAsString()),
                new Usage(
                        json.get("promptTokens").getAsInt(),
                        json.get("completionTokens").getAsInt(),
                        json.has("cachedPromptTokens") // which earlier versions did not write
                                ? json.get("cachedPromptTokens").getAsInt()
                                : 0),
                new Timings(
                        Duration.ofNanos(json.get("toFirstTokenNanos").getAsLong()),
                        Duration.ofNanos(json.get("totalNanos").getAsLong())),
                json.get("reasoning").getAsString(),
                Optional.empty(),
                calls);
    }
}
