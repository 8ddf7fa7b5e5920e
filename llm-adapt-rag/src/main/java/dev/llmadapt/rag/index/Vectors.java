package dev.llmadapt.rag.index;

/** Arithmetic of vectors. */
final class Vectors {
    private Vectors() {}

    /**
     * Scales a vector to length 1; empty if its length is 0. Dot products of such vectors are cosines.
     *
     * @throws IndexException if a number is not finite
     */
    static float[] unit(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!Double.isFinite(squares)) {
            throw new IndexException("the embedder returned a vector with a number that is not finite", null);
        }
        if (squares < 1e-24) {
            return new float[0];
        }
        float[] unit = new float[vector.length];
        double scale = 1 / Math.sqrt(squares);
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] * scale);
        }
        return unit;
    }

    static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
