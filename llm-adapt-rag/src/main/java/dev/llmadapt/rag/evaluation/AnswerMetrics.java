package dev.llmadapt.rag.evaluation;

import dev.llmadapt.Metric;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/** Metrics that compare an answer with the right one, as in SQuAD. All values are in [0, 1]. */
public final class AnswerMetrics {
    private AnswerMetrics() {}

    /** Exact match, EM of SQuAD (Rajpurkar et al. 2016): 1 if both are equal after {@link #normalized}, else 0. */
    public static Metric exactMatch() {
        return new SquadMetric("EM", (expected, actual) -> expected.equals(actual) ? 1 : 0);
    }

    /**
     * F1 of SQuAD: the harmonic mean of precision and recall of the words after {@link #normalized}, each word as often
     * as it occurs. If one of the two has no words, 1 if both have none, else 0.
     */
    public static Metric f1() {
        return new SquadMetric("F1", AnswerMetrics::f1);
    }

    private static double f1(String expected, String actual) {
        if (expected.isEmpty() || actual.isEmpty()) {
            return expected.equals(actual) ? 1 : 0;
        }
        String[] wanted = expected.split(" ", -1);
        String[] got = actual.split(" ", -1);
        Map<String, Integer> left = new HashMap<>();
        for (String word : wanted) {
            left.merge(word, 1, Integer::sum);
        }
        int same = 0;
        for (String word : got) {
            if (left.getOrDefault(word, 0) > 0) {
                left.merge(word, -1, Integer::sum);
                same++;
            }
        }
        return 2.0 * same / (wanted.length + got.length);
    }

    /** A metric that compares normalised texts. */
    private record SquadMetric(String name, ToDoubleBiFunction<String, String> compare) implements Metric {
        @Override
        public double score(String expected, String actual) {
            return compare.applyAsDouble(normalized(expected), normalized(actual));
        }
    }

    /** Returns the best value over several right answers; 0 without any. */
    public static double best(Metric metric, List<String> expected, String actual) {
        return expected.stream()
                .mapToDouble(each -> metric.score(each, actual))
                .max()
                .orElse(0);
    }

    /**
     * Normalises an answer like SQuAD's script: lower case, no ASCII punctuation, no English articles, single spaces.
     */
    public static String normalized(String answer) {
        return answer.toLowerCase(Locale.ROOT)
                .replaceAll("[!-/:-@\\[-`{-~]", "")
                .replaceAll("\\b(a|an|the)\\b", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
