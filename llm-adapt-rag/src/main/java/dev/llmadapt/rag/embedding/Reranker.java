package dev.llmadapt.rag.embedding;

import dev.llmadapt.Model;
import java.nio.file.Path;
import java.util.List;

/**
 * Judges how well passages fit a query by reading both together. Thread-safe. After {@link #close()} the other methods
 * throw {@link IllegalStateException}.
 */
public interface Reranker extends AutoCloseable {
    /** One score a passage, larger is better, in their order. Texts too long for the model are cut. */
    double[] score(String query, List<String> passages);

    /** Frees what it holds; a second call has no effect. */
    @Override
    void close();

    /**
     * A cross-encoder (Nogueira and Cho 2019): a folder with an ONNX model for sequence classification,
     * {@code onnx/model.onnx} or {@code model.onnx}, and {@code tokenizer.json}. The score is the model's one logit; of
     * two logits, the second minus the first.
     *
     * @param maxTokens the most tokens of query and passage together, in [8, 1048576]; 512 is usual
     * @throws EmbeddingException if the folder cannot be used
     */
    static Reranker load(Path folder, int maxTokens) {
        return CrossEncoder.load(folder, maxTokens);
    }

    /**
     * How likely a model finds the query after the passage: the mean log-probability of its tokens where the model is
     * asked for a question that the passage answers (Sachan et al. 2022, "UPR"). Works with small models too. Reads
     * each passage once a query, so it takes as long as reading all of them.
     *
     * @param model stays open, stays the caller's, also when the reranker is closed
     */
    static Reranker byQueryLikelihood(Model model) {
        return ModelReranker.queryLikelihood(model);
    }

    /**
     * Whether a model says that the passage answers the query: the log-probability of "Yes" minus that of "No"
     * (Nogueira et al. 2020). Needs a model that follows instructions well.
     *
     * @param model stays open, stays the caller's, also when the reranker is closed
     */
    static Reranker byVerdict(Model model) {
        return ModelReranker.verdict(model);
    }
}
