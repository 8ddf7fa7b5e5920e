package dev.llmadapt.heads;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

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
        return new Calibration(fit(scale -> loss(values, labels, scale, target)), true);
    }

    /** The factor of the smallest loss, by golden section; the loss has one minimum. */
    private static double fit(DoubleUnaryOperator loss) {
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        for (int step = 0; step < STEPS; step++) {
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            if (loss.applyAsDouble(Math.exp(left)) <= loss.applyAsDouble(Math.exp(right))) {
                high = right;
            } else {
                low = left;
            }
        }
        return Math.exp((low + high) / 2);
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

    /**
     * Fits the factor whose sigmoid gives the probability of each label by itself, with Platt's correction.
     *
     * @param values the decision values of each example, (examples, labels)
     * @param truth 0 or 1, (examples, labels)
     */
    static Calibration fitEach(List<double[]> values, List<double[]> truth) {
        if (truth.isEmpty()) {
            return NONE;
        }
        double target = (truth.size() + 1.0) / (truth.size() + 2.0);
        return new Calibration(fit(scale -> lossOfEach(values, truth, scale, target)), true);
    }

    /** The mean, over examples and labels, of minus the natural logarithm of what is true. */
    double lossOfEach(List<double[]> values, List<double[]> truth) {
        return lossOfEach(values, truth, scale, 1);
    }

    private static double lossOfEach(List<double[]> values, List<double[]> truth, double scale, double target) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < truth.size(); i++) {
            double[] row = values.get(i);
            for (int label = 0; label < row.length; label++) {
                double score = scale * row[label];
                double right = truth.get(i)[label] == 1 ? target : 1 - target;
                sum += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - right * score;
                count++;
            }
        }
        return sum / count;
    }

    /** The probability of each label by itself. */
    double[] each(double[] values) {
        return Arrays.stream(values)
                .map(value -> 1 / (1 + Math.exp(-scale * value)))
                .toArray();
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
