package dev.llmadapt.rag.retrieval;

import java.util.Arrays;
import java.util.List;

/**
 * A threshold of {@link Grounding#answerable} below which a question is refused, found on questions that are known to
 * be answerable or not. It must be evaluated on other questions.
 *
 * @param value the threshold
 * @param refusedRightly the share of the unanswerable questions below it
 * @param refusedWrongly the share of the answerable questions below it
 */
public record Threshold(double value, double refusedRightly, double refusedWrongly) {
    /**
     * Finds the smallest threshold that refuses a share of the unanswerable questions.
     *
     * @param answerable the values of questions with an answer, at least one
     * @param unanswerable the values of questions without an answer, at least one
     * @param share the minimal share of unanswerable questions to refuse, in [0, 1]
     */
    public static Threshold refusing(List<Double> answerable, List<Double> unanswerable, double share) {
        if (answerable.isEmpty() || unanswerable.isEmpty()) {
            throw new IllegalArgumentException("a threshold needs questions with and without an answer, got "
                    + answerable.size() + " and " + unanswerable.size());
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be in [0, 1], share: " + share);
        }
        double[] sorted =
                unanswerable.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int refused = (int) Math.ceil(share * sorted.length - 1e-9);
        double value = refused == 0 ? Double.NEGATIVE_INFINITY : Math.nextUp(sorted[refused - 1]);
        return new Threshold(value, below(unanswerable, value), below(answerable, value));
    }

    /** Finds the smallest threshold with the largest mean share of rightly judged questions (Youden 1950). */
    public static Threshold balanced(List<Double> answerable, List<Double> unanswerable) {
        Threshold best = refusing(answerable, unanswerable, 0);
        double[] values =
                unanswerable.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        for (double each : Arrays.stream(values).distinct().toArray()) {
            double value = Math.nextUp(each);
            Threshold next = new Threshold(value, below(unanswerable, value), below(answerable, value));
            if (next.refusedRightly - next.refusedWrongly > best.refusedRightly - best.refusedWrongly + 1e-12) {
                best = next;
            }
        }
        return best;
    }

    private static double below(List<Double> values, double value) {
        return (double) values.stream().filter(each -> each < value).count() / values.size();
    }
}
