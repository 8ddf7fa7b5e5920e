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
    private static final double STEP = 1.01;
    /** A confidence of one that is wrong costs this much and not infinitely much. */
    private static final double NEARLY_NONE = 1e-12;

    /** Copies the labels. */
    Temperature {
        labels = List.copyOf(labels);
    }

    /**
     * The temperature with the least log loss of being right: the probability of the label that is chosen is compared
     * with whether it is the right one, since that probability is what one acts on. The log loss of the right label,
     * which Guo et al. take, flattens a weak model of many labels until its choices seem surer than they are. A prior
     * has the weight of about one example: Gamma(2, 1) for the inverse, whose mode is 1, so that few examples that are
     * all right do not make the model wholly sure. The loss may have several minima, so all of the scale is looked at.
     *
     * @param labels the labels, at least one
     * @param scores a score per label, of each example; at least one example
     * @param right the index of the right label, of each example
     */
    static Temperature fit(List<String> labels, List<double[]> scores, List<Integer> right) {
        double best = 1;
        double least = Double.POSITIVE_INFINITY;
        for (double inverse = LEAST; inverse <= MOST; inverse *= STEP) {
            double loss = loss(scores, right, inverse);
            if (loss < least) {
                least = loss;
                best = inverse;
            }
        }
        return new Temperature(labels, best);
    }

    /** The log loss of being right over all examples, and the prior's. */
    private static double loss(List<double[]> scores, List<Integer> right, double inverse) {
        double loss = inverse - Math.log(inverse);
        for (int i = 0; i < scores.size(); i++) {
            double[] row = scores.get(i); // (labels)
            int chosen = 0;
            for (int label = 1; label < row.length; label++) {
                chosen = row[label] > row[chosen] ? label : chosen;
            }
            double all = 0;
            for (double score : row) {
                all += Math.exp(inverse * (score - row[chosen]));
            }
            double confidence = 1 / all;
            loss -= Math.log(Math.max(chosen == right.get(i) ? confidence : 1 - confidence, NEARLY_NONE));
        }
        return loss;
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
