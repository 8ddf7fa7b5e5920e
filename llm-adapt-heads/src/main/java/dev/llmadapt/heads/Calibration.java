package dev.llmadapt.heads;

import java.util.List;

/**
 * The factor on decision values whose softmax gives the probabilities of labels: an inverse temperature (Guo et al.
 * 2017, "On Calibration of Modern Neural Networks"), fitted on examples that the classifier had not learned from.
 *
 * @param scale the factor, positive
 * @param fitted whether it was fitted; 1 otherwise
 */
record Calibration(double scale, boolean fitted) {
    /** No calibration, where nothing can be held out. */
    static final Calibration NONE = new Calibration(1, false);

    private static final double LEAST = 1e-3;
    private static final double MOST = 1e3;
    private static final int STEPS = 100;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /**
     * Fits the factor by the smallest log loss. As Platt (1999) does, an answer is taken to be right with probability
     * {@code (n + 1) / (n + 2)} instead of 1, so that no factor becomes infinite where all answers are right.
     *
     * @param values the decision values of each example, (examples, labels)
     * @param labels the right label of each example
     */
    static Calibration fit(List<double[]> values, int[] labels) {
        if (labels.length == 0) {
            return NONE;
        }
        double target = (labels.length + 1.0) / (labels.length + 2.0);
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        for (int step = 0; step < STEPS; step++) { // golden section; the loss has one minimum
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            if (loss(values, labels, Math.exp(left), target) <= loss(values, labels, Math.exp(right), target)) {
                high = right;
            } else {
                low = left;
            }
        }
        return new Calibration(Math.exp((low + high) / 2), true);
    }

    /** The mean log loss of the calibrated probabilities. */
    double logLoss(List<double[]> values, int[] labels) {
        return loss(values, labels, scale, 1);
    }

    private static double loss(List<double[]> values, int[] labels, double scale, double target) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double[] logs = logProbabilities(values.get(i), scale);
            double right = logs[labels[i]];
            double others = 0;
            for (double log : logs) {
                others += log;
            }
            sum -= target * right + (1 - target) * (others - right) / Math.max(1, logs.length - 1);
        }
        return sum / labels.length;
    }

    /** The log-probabilities of the labels. */
    double[] logProbabilities(double[] values) {
        return logProbabilities(values, scale);
    }

    private static double[] logProbabilities(double[] values, double scale) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            highest = Math.max(highest, value * scale);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value * scale - highest);
        }
        double[] logs = new double[values.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = values[i] * scale - highest - Math.log(sum);
        }
        return logs;
    }
}
