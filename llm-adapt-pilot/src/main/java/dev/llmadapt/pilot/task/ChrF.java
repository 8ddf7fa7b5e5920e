package dev.llmadapt.pilot.task;

import dev.llmadapt.Metric;
import java.util.List;
import java.util.Map;

/**
 * chrF (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"): the F-score, beta 2, of the runs
 * of 1 to 6 characters that an answer and the right answer share, white space aside. For any script, and forgiving of
 * inflections. Scores are those of sacrebleu's {@code sentence_chrf} over 100, with case.
 *
 * <p>Precision and recall are means over the lengths that both texts are long enough for.
 */
public record ChrF() implements Metric {
    private static final int LONGEST = 6;
    private static final double BETA_SQUARED = 4;

    @Override
    public String name() {
        return "chrf";
    }

    @Override
    public double score(String expected, String actual) {
        List<Integer> right = characters(expected);
        List<Integer> given = characters(actual);
        double precision = 0;
        double recall = 0;
        int lengths = Math.min(LONGEST, Math.min(right.size(), given.size()));
        for (int n = 1; n <= lengths; n++) {
            Map<List<Integer>, Integer> counts = NGrams.of(right, n);
            double shared = NGrams.shared(NGrams.of(given, n), counts);
            precision += shared / (given.size() - n + 1) / lengths;
            recall += shared / (right.size() - n + 1) / lengths;
        }
        return precision + recall == 0
                ? 0
                : Math.min(1, (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall));
    }

    /** The code points that are no white space, as Python's {@code str.split} knows it. */
    private static List<Integer> characters(String text) {
        return text.codePoints()
                .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c) && c != 0x85)
                .boxed()
                .toList();
    }
}
