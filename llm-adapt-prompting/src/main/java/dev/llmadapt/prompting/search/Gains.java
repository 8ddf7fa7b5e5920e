package dev.llmadapt.prompting.search;

import dev.llmadapt.prompting.search.SearchOptions.Objective;
import java.util.ArrayList;
import java.util.List;

/**
 * The log-probability that a candidate gives the right answer of each of some examples, and differences of two
 * candidates on the same examples.
 *
 * @param values the log-probabilities, in the order of the examples; at most 0
 * @param answered the index of the label that would be answered, of each; -1 of tasks without labels
 */
record Gains(double[] values, int[] answered) {
    /**
     * Judges the scores of a candidate.
     *
     * @param rows a score per label of each example, or the one of its right answer where there are no labels:
     *     (examples, labels)
     * @param gold the index of the right label of each example; -1 where there are no labels
     */
    static Gains of(List<double[]> rows, int[] gold, Objective objective) {
        double[] values = new double[rows.size()];
        int[] answered = new int[rows.size()];
        boolean labelled = rows.isEmpty() || gold[0] >= 0;
        double[] prior = labelled && objective == Objective.CALIBRATED && !rows.isEmpty() ? prior(rows) : new double[0];
        for (int i = 0; i < rows.size(); i++) {
            if (!labelled) {
                values[i] = rows.get(i)[0];
                answered[i] = -1;
                continue;
            }
            double[] row = rows.get(i).clone();
            for (int label = 0; label < prior.length; label++) {
                row[label] -= prior[label];
            }
            values[i] = row[gold[i]] - logSumExp(row);
            answered[i] = best(row);
        }
        return new Gains(values, answered);
    }

    /** Batch calibration (Zhou et al. 2023): the logarithm of each label's mean probability. */
    private static double[] prior(List<double[]> rows) {
        double[] prior = new double[rows.get(0).length];
        List<double[]> logShares = new ArrayList<>(); // (examples, labels)
        for (double[] row : rows) {
            double all = logSumExp(row);
            double[] shares = row.clone();
            for (int label = 0; label < shares.length; label++) {
                shares[label] -= all;
            }
            logShares.add(shares);
        }
        for (int label = 0; label < prior.length; label++) {
            double[] column = new double[rows.size()];
            for (int i = 0; i < column.length; i++) {
                column[i] = logShares.get(i)[label];
            }
            prior[label] = logSumExp(column) - Math.log(column.length);
        }
        return prior;
    }

    private static double logSumExp(double[] values) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            highest = Math.max(highest, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - highest);
        }
        return highest + Math.log(sum);
    }

    private static int best(double[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    double mean() {
        return mean(values);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** The gain of these over others, example by example. */
    double[] over(Gains others) {
        double[] gains = new double[values.length];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = values[i] - others.values[i];
        }
        return gains;
    }

    /** The mean of paired gains with its standard error; infinite of fewer than two. */
    static Mean meanOf(double[] gains) {
        double mean = mean(gains);
        double squares = 0;
        for (double gain : gains) {
            squares += (gain - mean) * (gain - mean);
        }
        int n = gains.length;
        return new Mean(mean, n < 2 ? Double.POSITIVE_INFINITY : Math.sqrt(squares / (n - 1) / n), n);
    }

    /** A mean with its standard error, of so many examples. */
    record Mean(double mean, double error, int of) {}
}
