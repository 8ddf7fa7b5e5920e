package dev.llmadapt.pilot.task;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Metric;
import dev.llmadapt.rag.embedding.Embedder;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The cosine of the embeddings of an answer and of the right answer, 0 where it is negative: close in what they are
 * about, in any words. It does not tell a statement from its opposite. Embedders put most texts of one language near
 * each other, so scores of wrong answers are seldom near 0.
 *
 * <p>The embedder is opened by the first score, once; {@link #close()} frees it, and a score after that opens it again.
 * Thread-safe.
 */
public final class EmbeddingSimilarity implements Metric, AutoCloseable {
    private final Supplier<? extends EmbeddingModel> opener;
    private @Nullable EmbeddingModel open;

    /**
     * The similarity by an embedder.
     *
     * @param opener opens it; this metric closes what it opened
     */
    public EmbeddingSimilarity(Supplier<? extends EmbeddingModel> opener) {
        this.opener = opener;
    }

    /** The similarity by the embedder that comes along, {@link Embedder#miniLm()}: for English. */
    public static EmbeddingSimilarity miniLm() {
        return new EmbeddingSimilarity(Embedder::miniLm);
    }

    @Override
    public String name() {
        return "embedding similarity";
    }

    /** The cosine, or 0 where that is negative; 1 for equal texts, 0 where one of them is blank. */
    @Override
    public synchronized double score(String expected, String actual) {
        if (expected.strip().equals(actual.strip())) {
            return 1;
        }
        if (expected.isBlank() || actual.isBlank()) {
            return 0;
        }
        EmbeddingModel model = open;
        if (model == null) {
            model = opener.get();
            open = model;
        }
        List<float[]> vectors = model.embed(List.of(expected, actual));
        return Math.min(1, Math.max(0, EmbeddingModel.cosine(vectors.get(0), vectors.get(1))));
    }

    /** Frees the embedder if it is open. */
    @Override
    public synchronized void close() {
        EmbeddingModel model = open;
        open = null;
        if (model != null) {
            model.close();
        }
    }
}
