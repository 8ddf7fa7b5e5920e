package dev.llmadapt.rag;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The percentile bootstrap (Efron 1979). */
final class Bootstrap {
    private static final int RESAMPLES = 2000;

    private Bootstrap() {}

    /** The mean of some values, at least one, and its 95% interval over 2,000 resamples. */
    static RetrievalReport.Interval interval(double[] values, long seed) {
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
        return new RetrievalReport.Interval(
                Arrays.stream(values).average().orElseThrow(), means[50], means[RESAMPLES - 51]);
    }
}
