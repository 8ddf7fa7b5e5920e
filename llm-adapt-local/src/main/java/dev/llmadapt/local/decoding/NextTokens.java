package dev.llmadapt.local.decoding;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The log-probabilities wanted to score some continuations: for each of their beginnings, those of the tokens that
 * follow it in any of them. Shared beginnings are recorded once.
 */
final class NextTokens {
    private final Map<List<Integer>, Map<Integer, Double>> after = new HashMap<>();

    NextTokens(List<int[]> continuations) {
        for (int[] ids : continuations) {
            for (int length = 0; length < ids.length; length++) {
                after.computeIfAbsent(beginning(ids, length), key -> new HashMap<>())
                        .put(ids[length], Double.NaN);
            }
        }
    }

    static List<Integer> beginning(int[] ids, int length) {
        return Arrays.stream(ids, 0, length).boxed().toList();
    }

    /** Records the log-probabilities after a beginning. */
    void record(List<Integer> beginning, float[] logits) {
        Map<Integer, Double> next = after.get(beginning);
        if (next != null) {
            double normalizer = LogSoftmax.normalizer(logits);
            next.replaceAll((id, unknown) -> logits[id] - normalizer);
        }
    }

    /** Whether every token of a continuation has been recorded. */
    boolean known(int[] ids) {
        return Arrays.stream(logProbabilities(ids)).noneMatch(Double::isNaN);
    }

    /** Returns the log-probability of each token of a continuation, NaN where it has not been recorded. */
    double[] logProbabilities(int[] ids) {
        double[] values = new double[ids.length];
        for (int i = 0; i < ids.length; i++) {
            values[i] = Objects.requireNonNull(
                    Objects.requireNonNull(after.get(beginning(ids, i))).get(ids[i]));
        }
        return values;
    }
}
