package dev.llmadapt.rag.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A mean and its 95% interval.
 *
 * @param mean the mean of the values
 * @param low the lower end of the interval
 * @param high the upper end
 */
public record MeanInterval(double mean, double low, double high) {
    private static final int RESAMPLES = 2000;

    /**
     * Computes the mean of some values and its interval by the percentile bootstrap (Efron 1979) over 2,000 resamples.
     *
     * @param values the values, at least one
     * @param seed the seed of the resamples
     */
    public static MeanInterval of(double[] values, long seed) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a mean needs at least one value, got none");
        }
        double[] means = new double[RESAMPLES];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < means.length; i++) {
            double sum = 0;
            for (int j = 0; j < values.length; j++) {
                sum += values[random.nextInt(values.length)];
            }
            means[i] = sum / values.length;
        }
        Arrays.sort(means);
        return new MeanInterval(Arrays.stream(values).average().orElseThrow(), means[50], means[RESAMPLES - 51]);
    }
}
