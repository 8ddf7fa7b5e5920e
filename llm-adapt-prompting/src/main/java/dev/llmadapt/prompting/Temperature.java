package dev.llmadapt.prompting;

import dev.llmadapt.Decision;
import dev.llmadapt.Request;
import java.util.List;

/**
 * The temperature by which scores of labels are divided before they become probabilities (Guo et al. 2017), which
 * changes no choice.
 *
 * @param labels the labels it was fitted for; empty where none was fitted
 * @param inverse one over the temperature
 */
record Temperature(List<String> labels, double inverse) {
    /** No temperature: probabilities as they come, which only rank the labels. */
    static final Temperature NONE = new Temperature(List.of(), 1);

    private static final double LEAST = 1e-3;
    private static final double MOST = 1e3;
    private static final int HALVINGS = 60;
    /** An impossible label counts as one that is this far behind the best, so that sums stay finite. */
    private static final double IMPOSSIBLE = 1e3;

    /** Copies the labels. */
    Temperature {
        labels = List.copyOf(labels);
    }

    /**
     * The temperature with the least log loss, and a prior with the weight of about one example: Gamma(2, 1) for the
     * inverse, whose mode is 1, so that few examples that are all right do not make the model wholly sure.
     *
     * @param labels the labels, at least one
     * @param scores a score per label, of each example; at least one example
     * @param right the index of the right label, of each example
     */
    static Temperature fit(List<String> labels, List<double[]> scores, List<Integer> right) {
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            // the loss is convex in the inverse, so its slope changes sign once
            if (slope(scores, right, Math.exp(middle)) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return new Temperature(labels, labels.size() == 1 ? 1 : Math.exp((low + high) / 2));
    }

    /** The derivative of the log loss, and of the prior's, by the inverse of the temperature. */
    private static double slope(List<double[]> scores, List<Integer> right, double inverse) {
        double slope = 1 - 1 / inverse; // the prior
        for (int i = 0; i < scores.size(); i++) {
            double[] row = scores.get(i); // (labels)
            double best = Double.NEGATIVE_INFINITY;
            for (double score : row) {
                best = Math.max(best, score);
            }
            double all = 0;
            double expected = 0;
            for (int label = 0; label < row.length; label++) {
                double behind = Math.max(row[label] - best, -IMPOSSIBLE);
                double weight = Math.exp(inverse * behind);
                all += weight;
                expected += weight * behind;
            }
            slope += expected / all - Math.max(row[right.get(i)] - best, -IMPOSSIBLE);
        }
        return slope;
    }

    /** Whether it holds for a request: the labels are those it was fitted for, and no other adapters act. */
    private boolean holds(Request request, List<String> choices) {
        return !labels.isEmpty() && labels.equals(choices) && request.adapters().isEmpty();
    }

    /** The decision among choices by their scores; calibrated if this temperature holds for the request. */
    Decision decide(Request request, List<String> choices, double[] scores) {
        boolean holds = holds(request, choices);
        double[] divided = scores.clone();
        for (int i = 0; i < divided.length; i++) {
            divided[i] *= holds ? inverse : 1;
        }
        return Decision.softmax(choices, divided, holds);
    }
}
