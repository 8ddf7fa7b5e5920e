package dev.llmadapt.heads;

import java.util.stream.IntStream;

/**
 * A text as numbers: those that are not zero.
 *
 * @param indices the places of the numbers, ascending, from 0
 * @param values the numbers
 */
record Row(int[] indices, double[] values) {
    /** A row of which every number is given. */
    static Row dense(double[] values) {
        return new Row(IntStream.range(0, values.length).toArray(), values);
    }

    /** The scalar product with a vector. */
    double times(float[] vector) {
        double sum = 0;
        for (int i = 0; i < indices.length; i++) {
            sum += values[i] * vector[indices[i]];
        }
        return sum;
    }
}
