package dev.llmadapt.prompting;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** A toy model that records its requests, and whose scores can be set. */
final class RecordingModel implements Model {
    final List<Request> generated = new ArrayList<>();
    final List<Integer> batches = new ArrayList<>(); // the number of requests in each
    final List<Request> scored = new ArrayList<>();
    private final Model toy = new ToyModel();
    private final RequestScores scores;

    /** Scores by a request and a continuation; an empty list means the toy's. */
    @FunctionalInterface
    interface RequestScores {
        List<Double> of(Request request, String choice);
    }

    RecordingModel() {
        this((String question, String choice) -> List.of());
    }

    /**
     * A model that scores by a function of the last user message and the continuation; an empty list means the toy's
     * scores.
     */
    RecordingModel(BiFunction<String, String, List<Double>> scores) {
        this((Request request, String choice) -> scores.apply(question(request), choice));
    }

    private RecordingModel(RequestScores scores) {
        this.scores = scores;
    }

    /** A model that scores by a function of the request and the continuation. */
    static RecordingModel ofRequests(RequestScores scores) {
        return new RecordingModel(scores);
    }

    private static String question(Request request) {
        return request.messages().get(request.question()).content();
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        generated.add(request);
        return toy.stream(request, listener);
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        generated.addAll(requests);
        batches.add(requests.size());
        return toy.generate(requests);
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        scored.add(prompt);
        List<Scores.Entry> entries = new ArrayList<>();
        for (Scores.Entry entry : toy.score(prompt, continuations).entries()) {
            List<Double> told = scores.of(prompt, entry.continuation());
            entries.add(told.isEmpty() ? entry : told(entry.continuation(), told));
        }
        return new Scores(entries, new Usage(10, 0));
    }

    @Override
    public ModelInfo info() {
        return toy.info();
    }

    @Override
    public void close() {
        toy.close();
    }

    /** The entry with one token per log-probability; the last token has the rest of the text. */
    private static Scores.Entry told(String continuation, List<Double> logProbabilities) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < logProbabilities.size(); i++) {
            boolean last = i == logProbabilities.size() - 1;
            String text = continuation.substring(i, last ? continuation.length() : i + 1);
            tokens.add(new Token(i, text, logProbabilities.get(i)));
        }
        return new Scores.Entry(continuation, tokens);
    }
}
