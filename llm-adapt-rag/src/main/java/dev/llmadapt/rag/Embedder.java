package dev.llmadapt.rag;

import java.util.List;

/** Turns texts into vectors whose closeness is closeness of meaning. Thread-safe. */
public interface Embedder {
    /** Numbers in each vector. */
    int dimension();

    /** One vector of {@link #dimension()} numbers a text, in their order. */
    List<float[]> embed(List<String> texts);
}
