package dev.llmadapt;

import java.util.List;

/**
 * A model that turns texts into vectors of one length; texts of close meanings get close vectors. Thread-safe.
 *
 * <p>Who creates an embedding model closes it. After {@link #close()}, {@link #embed} throws
 * {@link IllegalStateException}.
 */
public interface EmbeddingModel extends AutoCloseable {
    /** The name of the model. Vectors of models with different names must not be compared or learned from together. */
    String name();

    /** The dimension of the vectors. */
    int dimension();

    /** Returns the vectors of texts, in their order. Texts that are too long for the model are cut. */
    List<float[]> embed(List<String> texts);

    /** Frees the model; a second call has no effect. */
    @Override
    void close();
}
