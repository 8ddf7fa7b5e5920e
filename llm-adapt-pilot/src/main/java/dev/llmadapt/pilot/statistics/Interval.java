package dev.llmadapt.pilot.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The interval in which a mean lies with 95 % confidence.
 *
 * @param low the lower end
 * @param high the upper end, at least the lower
 */
public record Interval(double low, double high) {
    /** The 97.5 % quantile of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

    private static final int RESAMPLES = 2_000;

    /** Refuses ends in the wrong order. */
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("low must be at most high, low: " + low + ", high: " + high);
        }
    }

    /**
     * The interval of the mean of some scores in [0, 1]: Wilson's score interval, with as many trials as would give a
     * proportion the variance that the scores have (the effective sample size of Korn and Graubard 1998). For scores
     * that are all 0 or 1 that is Wilson's interval itself. It is taken in place of the percentile bootstrap because
     * that covers the truth too seldom in small samples; {@code IntervalCoverageTest} measures both.
     *
     * @param scores at least one, each in [0, 1]
     */
    public static Interval ofMean(double[] scores) {
        int n = scores.length;
        double sum = 0;
        double squares = 0;
        boolean whole = true;
        for (double score : scores) {
            sum += score;
            squares += score * score;
            whole &= score == 0 || score == 1;
        }
        if (whole) {
            return wilson((int) sum, n);
        }
        double mean = sum / n;
        // Four more observations as uncertain as right or wrong: without them a few like scores would be sure.
        double variance = Math.max(squares / n - mean * mean, 0);
        double most = mean * (1 - mean);
        double ratio = most <= 0 ? 1 : Math.min(1, (variance * n + 4 * most) / ((n + 4) * most));
        double effective = Math.max(1, n - 1) / ratio;
        return wilson(mean, effective);
    }

    /** Wilson's score interval of a proportion (Wilson 1927), without continuity correction. */
    public static Interval wilson(int successes, int trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException("successes must be in [0, trials] and trials positive, successes: "
                    + successes + ", trials: " + trials);
        }
        return wilson(successes / (double) trials, trials);
    }

    private static Interval wilson(double p, double n) {
        double z2 = Z * Z;
        double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        double half = Z / (1 + z2 / n) * Math.sqrt(Math.max(p * (1 - p), 0) / n + z2 / (4 * n * n));
        // At the edges the formula gives 0 and 1 but for rounding.
        double low = p <= 0 ? 0 : Math.max(0, centre - half);
        double high = p >= 1 ? 1 : Math.min(1, centre + half);
        return new Interval(low, high);
    }

    /** The percentile interval of 2,000 bootstrap means (Efron 1979); kept to be compared with. */
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
