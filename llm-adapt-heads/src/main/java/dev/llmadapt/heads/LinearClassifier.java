package dev.llmadapt.heads;

/**
 * One linear function a label; the label of the largest value is the answer.
 *
 * @param weights (labels, dimension)
 * @param bias (labels)
 */
record LinearClassifier(float[][] weights, float[] bias) {
    /** The decision value of each label. */
    double[] values(Row row) {
        double[] values = new double[bias.length];
        for (int label = 0; label < values.length; label++) {
            values[label] = row.times(weights[label]) + bias[label];
        }
        return values;
    }
}
