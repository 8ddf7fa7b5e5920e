package dev.llmadapt.pilot;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Where a mean lies with 95 % confidence.
 *
 * @param low the lower end
 * @param high the upper end, at least the lower
 */
public record Interval(double low, double high) {
    /** The 97.5 % quantile of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

    private static final int RESAMPLES = 2_000;

    /** Checks. */
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("low must be at most high, low: " + low + ", high: " + high);
        }
    }

    /**
     * The interval of the mean of some scores in [0, 1]: Wilson's score interval where all are 0 or 1, else the bootstrap
     * percentile interval.
     */
    static Interval ofMean(double[] scores, long seed) {
        double successes = 0;
        for (double score : scores) {
            if (score != 0 && score != 1) {
                return bootstrap(scores, seed);
            }
            successes += score;
        }
        return wilson((int) successes, scores.length);
    }

    /** Wilson's score interval of a proportion (Wilson 1927), without continuity correction. */
    static Interval wilson(int successes, int trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException("successes must be in [0, trials] and trials positive, successes: "
                    + successes + ", trials: " + trials);
        }
        double n = trials;
        double p = successes / n;
        double z2 = Z * Z;
        double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        double half = Z / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        // At the edges the formula gives 0 and 1 but for rounding.
        double low = successes == 0 ? 0 : Math.max(0, centre - half);
        double high = successes == trials ? 1 : Math.min(1, centre + half);
        return new Interval(low, high);
    }

    /** The percentile interval of 2,000 bootstrap means (Efron 1979). */
    static Interval bootstrap(double[] scores, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int j = 0; j < scores.length; j++) {
                sum += scores[random.nextInt(scores.length)];
            }
            means[i] = sum / scores.length;
        }
        Arrays.sort(means);
        return new Interval(Quantile.of(means, 0.025), Quantile.of(means, 0.975));
    }
}
