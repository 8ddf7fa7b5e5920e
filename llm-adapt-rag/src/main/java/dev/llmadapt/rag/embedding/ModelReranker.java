package dev.llmadapt.rag.embedding;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** {@link Reranker#byQueryLikelihood} and {@link Reranker#byVerdict}. */
final class ModelReranker implements Reranker {
    private final Model model;
    private final BiFunction<String, String, Request> prompt; // of a query and a passage
    private final Function<String, List<String>> continuations;
    private final ToDoubleFunction<Scores> score;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ModelReranker(
            Model model,
            BiFunction<String, String, Request> prompt,
            Function<String, List<String>> continuations,
            ToDoubleFunction<Scores> score) {
        model.info().requireScoring("a reranker", "rerank with a model that scores, or with a cross-encoder");
        this.model = model;
        this.prompt = prompt;
        this.continuations = continuations;
        this.score = score;
    }

    static ModelReranker queryLikelihood(Model model) {
        return new ModelReranker(
                model,
                (query, passage) ->
                        Request.of("Passage: " + passage + "\n\nWrite a question that this passage answers."),
                query -> List.of(query),
                scores -> scores.entries().get(0).meanLogProbability());
    }

    static ModelReranker verdict(Model model) {
        return new ModelReranker(
                model,
                (query, passage) -> Request.of("Passage: " + passage + "\n\nQuestion: " + query
                        + "\n\nDoes the passage answer the question? Answer yes or no."),
                query -> List.of("Yes", "No"),
                scores -> scores.entries().get(0).logProbability()
                        - scores.entries().get(1).logProbability());
    }

    @Override
    public double[] score(String query, List<String> passages) {
        if (closed.get()) {
            throw new IllegalStateException("the reranker is closed; make it again to use it");
        }
        double[] scores = new double[passages.size()];
        if (query.isBlank()) { // has no likelihood; the order stays
            return scores;
        }
        List<String> after = continuations.apply(query);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score.applyAsDouble(model.score(prompt.apply(query, passages.get(i)), after));
        }
        return scores;
    }

    /** Closes the reranker; the caller closes the model. */
    @Override
    public void close() {
        closed.set(true);
    }
}
