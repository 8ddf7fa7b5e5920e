package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.bridge.Pieces;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores of single tokens: one token is written, and the most probable ones in its place are read. Texts that are not
 * among them have no score. Thread-safe.
 */
final class TopTokenScorer {
    private final Service service;
    private final RequestBodies bodies;
    private final int most;

    TopTokenScorer(Service service, RequestBodies bodies, int most) {
        this.service = service;
        this.bodies = bodies;
        this.most = most;
    }

    /**
     * Scores continuations.
     *
     * @param limit when the time is up, as {@link Service#limit} has it
     * @throws IllegalArgumentException if one is not among the most probable tokens
     */
    Scores score(Request prompt, List<String> continuations, String model, long limit) throws InterruptedException {
        JsonObject body = bodies.firstToken(prompt, model, most);
        JsonObject answer =
                service.post(service.below(RequestBodies.path(prompt)), body, ServerError.texts(prompt), limit);
        Map<String, Token> found = alternatives(answer);
        if (found.isEmpty()) {
            throw new RemoteException("the server at " + service.where() + " was asked for the " + most
                    + " most probable tokens and reports none; declare with RemoteOptions.withFeatures that it does not"
                    + " score");
        }
        List<Scores.Entry> entries = new ArrayList<>();
        for (String continuation : continuations) {
            Token token = found.get(continuation);
            if (token == null) {
                throw new IllegalArgumentException("the server at " + service.where()
                        + " tells the probabilities of single tokens, of the " + found.size()
                        + " most probable ones, and '" + continuation + "' is not among them: "
                        + Json.shortened(found.keySet().toString())
                        + "; choose labels by letters (LabelChoice.byLetters, byLettersConstrained), write them under a"
                        + " constraint (LabelChoice.constrained), or use a server that scores texts, such as vLLM");
            }
            entries.add(new Scores.Entry(continuation, List.of(token)));
        }
        int read = Json.object(answer, "usage")
                .map(usage -> Json.count(usage, "prompt_tokens"))
                .orElse(0);
        return new Scores(entries, new Usage(read, 1));
    }

    private static Map<String, Token> alternatives(JsonObject answer) {
        Map<String, Token> found = new LinkedHashMap<>();
        List<JsonElement> choices = Json.list(answer, "choices");
        if (choices.isEmpty()) {
            return found;
        }
        JsonObject reported = Json.object(choices.get(0), "logprobs").orElseGet(JsonObject::new);
        for (JsonElement first :
                Json.list(reported, "content").stream().limit(1).toList()) {
            for (JsonElement each : Json.list(first, "top_logprobs")) {
                Token token = ReportedTokens.token(each);
                if (Double.isFinite(token.logProbability())) {
                    found.putIfAbsent(token.text(), token);
                }
            }
        }
        for (JsonElement first :
                Json.list(reported, "top_logprobs").stream().limit(1).toList()) {
            if (first instanceof JsonObject all) { // of raw text: values by tokens
                all.entrySet().forEach(entry -> {
                    if (entry.getValue() instanceof JsonPrimitive value && value.isNumber()) {
                        found.putIfAbsent(
                                entry.getKey(), new Token(Pieces.UNKNOWN_ID, entry.getKey(), value.getAsDouble()));
                    }
                });
            }
        }
        return found;
    }
}
