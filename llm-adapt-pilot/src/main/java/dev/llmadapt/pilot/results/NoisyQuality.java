package dev.llmadapt.pilot.results;

import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.PairedDifference;

/**
 * The quality on texts that were changed, beside the quality on the same texts as they are.
 *
 * @param noise the change, such as {@code typos}
 * @param examples the texts that the change alters and that were answered in both forms
 * @param original the quality on the texts as they are
 * @param noisy the quality on the changed texts
 * @param difference where noisy less original lies with 95 % confidence
 */
public record NoisyQuality(String noise, int examples, double original, double noisy, Interval difference) {
    private static final double Z = 1.959963984540054;

    /**
     * The quality from scores of the same examples in the same order.
     *
     * @param original at least one
     */
    public static NoisyQuality of(String noise, double[] original, double[] noisy) {
        PairedDifference difference = PairedDifference.of(noisy, original);
        double before = 0;
        for (double score : original) {
            before += score;
        }
        before /= original.length;
        return new NoisyQuality(
                noise, original.length, before, before + difference.difference(), difference.interval(Z));
    }
}
