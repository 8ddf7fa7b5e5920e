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

    /**
     * The cosine of the angle between two vectors, in [-1, 1] up to rounding; 0 if one of them has no direction, since
     * all its numbers are 0.
     *
     * @throws IllegalArgumentException if the vectors are not of one length
     */
    static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "vectors to compare must be of one length, got " + a.length + " and " + b.length);
        }
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return squaresA == 0 || squaresB == 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
    }

    /** Frees the model; a second call has no effect. */
    @Override
    void close();
}
