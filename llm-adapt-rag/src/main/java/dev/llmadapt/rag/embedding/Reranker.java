package dev.llmadapt.rag.embedding;

import dev.llmadapt.Model;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that scores how well passages fit a query by reading both together. Thread-safe. After {@link #close()} the
 * other methods throw {@link IllegalStateException}.
 */
public interface Reranker extends AutoCloseable {
    /**
     * Returns the scores of passages in their order; larger is better. Texts that are too long for the model are cut.
     */
    double[] score(String query, List<String> passages);

    /** Frees the model; a second call has no effect. */
    @Override
    void close();

    /**
     * Loads a cross-encoder (Nogueira and Cho 2019) from a folder with an ONNX model for sequence classification,
     * {@code onnx/model.onnx} or {@code model.onnx}, and {@code tokenizer.json}. The score is the model's one logit; of
     * two logits, the second minus the first.
     *
     * @param maxTokens the maximal number of tokens of query and passage together, in [8, 1048576]; 512 is usual
     * @throws EmbeddingException if the folder cannot be used
     */
    static Reranker load(Path folder, int maxTokens) {
        return CrossEncoder.load(folder, maxTokens);
    }

    /**
     * A reranker by query likelihood (Sachan et al. 2022, "UPR"): the model is asked for a question that the passage
     * answers, and the score is the mean log-probability of the query's tokens. Works with small models too. The model
     * reads every passage once a query.
     *
     * @param model the scoring model; the caller closes it, also after the reranker
     */
    static Reranker byQueryLikelihood(Model model) {
        return ModelReranker.queryLikelihood(model);
    }

    /**
     * A reranker by the verdict of a model (Nogueira et al. 2020): whether the passage answers the query, scored by the
     * log-probability of "Yes" minus that of "No". Needs a model that follows instructions well.
     *
     * @param model the scoring model; the caller closes it, also after the reranker
     */
    static Reranker byVerdict(Model model) {
        return ModelReranker.verdict(model);
    }
}
