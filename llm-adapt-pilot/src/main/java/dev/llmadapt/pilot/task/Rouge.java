package dev.llmadapt.pilot.task;

import dev.llmadapt.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * ROUGE (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"): the F1 of what the words of an answer and
 * of the right answer share. Scores equal those of the Python package rouge-score without stemming, which is what
 * papers report.
 *
 * <p>Words are runs of the letters a to z and of digits, without case; a letter with an accent ends a word, and other
 * scripts have none. {@link ChrF} and {@link WordOverlap} read all scripts. Two texts without words score 0.
 *
 * @param kind what two texts can share
 */
public record Rouge(Kind kind) implements Metric {
    /** What two texts can share. */
    public enum Kind {
        /** Single words: ROUGE-1. */
        WORDS("rouge-1", 1),
        /** Pairs of words in a row: ROUGE-2. */
        PAIRS("rouge-2", 2),
        /** The longest common subsequence, words in the same order with others between them: ROUGE-L. */
        SUBSEQUENCE("rouge-l", 1);

        private final String title;
        private final int order;

        Kind(String title, int order) {
            this.title = title;
            this.order = order;
        }
    }

    @Override
    public String name() {
        return kind.title;
    }

    @Override
    public double score(String expected, String actual) {
        List<String> right = words(expected);
        List<String> given = words(actual);
        int possible = right.size() - kind.order + 1;
        int made = given.size() - kind.order + 1;
        if (possible <= 0 || made <= 0) {
            return 0;
        }
        int shared = kind == Kind.SUBSEQUENCE
                ? longestCommonSubsequence(right, given)
                : NGrams.shared(NGrams.of(right, kind.order), NGrams.of(given, kind.order));
        return 2.0 * shared / (possible + made);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static int longestCommonSubsequence(List<String> some, List<String> others) {
        int[] above = new int[others.size() + 1];
        for (String word : some) {
            int[] row = new int[above.length];
            for (int j = 1; j < row.length; j++) {
                row[j] = word.equals(others.get(j - 1)) ? above[j - 1] + 1 : Math.max(above[j], row[j - 1]);
            }
            above = row;
        }
        return above[others.size()];
    }
}
