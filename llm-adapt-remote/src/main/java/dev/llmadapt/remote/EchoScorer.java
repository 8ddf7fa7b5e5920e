package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.ServerFeatures.Dialect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Exact scores in the way of vLLM: the prompt and the continuations are made tokens by {@code /tokenize}, and
 * {@code /completions} echoes each prompt with a continuation, with the log-probabilities of its tokens. Thread-safe.
 */
final class EchoScorer {
    private static final int REMEMBERED = 4096; // texts, such as the labels of a task
    private static final int AT_ONCE = 64; // continuations in a request

    private final Service service;
    private final RequestBodies bodies;
    private final boolean own; // the server of this library
    private final int
            alternatives; // to each token, of which none are read; some versions of vLLM take 0 for none at all
    private final Map<String, int[]> known = new LinkedHashMap<>(16, 0.75f, true);
    private volatile int least; // what max_tokens may be at least: 0, or 1 where the server refuses 0

    EchoScorer(Service service, RequestBodies bodies, ServerFeatures features) {
        this.service = service;
        this.bodies = bodies;
        this.own = features.dialect() == Dialect.LLM_ADAPT;
        this.alternatives = own ? 0 : 1;
    }

    /**
     * Scores continuations, none of which is empty.
     *
     * @param limit when the time is up, as {@link Service#limit} has it
     */
    Scores score(Request prompt, List<String> continuations, String model, long limit) throws InterruptedException {
        int[] before = promptIds(prompt, model, limit);
        List<int[]> after = new ArrayList<>();
        for (String continuation : continuations) {
            after.add(ids(continuation, model, limit));
        }
        List<Scores.Entry> entries = new ArrayList<>();
        Usage usage = Usage.NONE;
        for (int from = 0; from < after.size(); from += AT_ONCE) {
            int to = Math.min(after.size(), from + AT_ONCE);
            JsonObject answer = echo(before, after.subList(from, to), prompt, model, limit);
            usage = usage.plus(new Usage(
                    Json.object(answer, "usage")
                            .map(used -> Json.count(used, "prompt_tokens"))
                            .orElse(0),
                    0));
            JsonElement[] choices = new JsonElement[to - from];
            for (JsonElement choice : Json.list(answer, "choices")) {
                int index = (int) Json.number(choice, "index", -1);
                if (index >= 0 && index < choices.length) {
                    choices[index] = choice;
                }
            }
            for (int i = from; i < to; i++) {
                entries.add(entry(continuations.get(i), before.length, after.get(i), choices[i - from]));
            }
        }
        return new Scores(entries, usage);
    }

    private int[] promptIds(Request prompt, String model, long limit) throws InterruptedException {
        JsonObject body = bodies.prompt(prompt, model);
        if (prompt.callsTools()) {
            body.add("tools", MessageJson.tools(prompt.tools()));
        }
        if (!body.has("add_generation_prompt") && !prompt.raw()) {
            body.addProperty("add_generation_prompt", true);
        }
        return tokenize(body, ServerError.texts(prompt), limit);
    }

    private int[] ids(String text, String model, long limit) throws InterruptedException {
        synchronized (known) {
            int[] ids = known.get(text);
            if (ids != null) {
                return ids;
            }
        }
        JsonObject body = new JsonObject();
        body.addProperty("model", model);
        body.addProperty("prompt", text);
        body.addProperty("add_special_tokens", false);
        int[] ids = tokenize(body, List.of(text), limit);
        if (ids.length == 0) {
            throw new IllegalArgumentException("a continuation needs at least one token: '" + text + "'");
        }
        synchronized (known) {
            known.put(text, ids);
            if (known.size() > REMEMBERED) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return ids;
    }

    private int[] tokenize(JsonObject body, List<String> asked, long limit) throws InterruptedException {
        JsonObject answer = service.post(service.beside("/tokenize"), body, asked, limit);
        List<JsonElement> tokens = Json.list(answer, "tokens");
        if (tokens.isEmpty() && !answer.has("tokens")) {
            throw new RemoteException("the server at " + service.where()
                    + " answered /tokenize without tokens; declare with RemoteOptions.withFeatures how it scores");
        }
        return tokens.stream().mapToInt(JsonElement::getAsInt).toArray();
    }

    /** The prompt with each continuation, echoed. */
    private JsonObject echo(int[] before, List<int[]> after, Request prompt, String model, long limit)
            throws InterruptedException {
        JsonArray prompts = new JsonArray();
        for (int[] continuation : after) {
            JsonArray ids = new JsonArray();
            Arrays.stream(before).forEach(ids::add);
            Arrays.stream(continuation).forEach(ids::add);
            prompts.add(ids);
        }
        JsonObject body = new JsonObject();
        body.addProperty("model", model);
        body.add("prompt", prompts);
        body.addProperty("echo", true);
        body.addProperty("logprobs", alternatives);
        body.addProperty("temperature", 0);
        body.addProperty("max_tokens", least);
        if (own && before.length > 0) {
            body.addProperty("logprob_start_len", before.length); // the prompt's own tokens need none
        }
        try {
            return service.post(service.below("/completions"), body, ServerError.texts(prompt), limit);
        } catch (IllegalArgumentException e) {
            if (least == 0 && String.valueOf(e.getMessage()).contains("max_tokens")) {
                least = 1; // the token that is then written is not read
                return echo(before, after, prompt, model, limit);
            }
            throw e;
        }
    }

    private Scores.Entry entry(String continuation, int before, int[] ids, JsonElement choice) {
        List<Token> echoed = ReportedTokens.of(choice, 0);
        if (echoed.size() < before + ids.length) {
            throw new RemoteException("the server at " + service.where() + " was asked to echo " + (before + ids.length)
                    + " tokens with their log-probabilities and reports " + echoed.size()
                    + "; declare with RemoteOptions.withFeatures how it scores");
        }
        List<Token> tail = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            Token token = echoed.get(before + i);
            if (!Double.isFinite(token.logProbability())) {
                throw new RemoteException("the server at " + service.where() + " reports no log-probability of token "
                        + i + " of a continuation");
            }
            tail.add(new Token(ids[i], token.text(), token.logProbability(), "", List.of(), token.bytes()));
        }
        return new Scores.Entry(continuation, ReportedTokens.spread(tail, continuation, ""));
    }
}
