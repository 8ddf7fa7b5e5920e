package dev.llmadapt.pilot.statistics;

/**
 * The difference of two candidates' scores on the same examples.
 *
 * <p>The interval is Agresti and Min's for matched pairs (2005, "Simple improved confidence intervals for comparing
 * matched proportions"): the plain one of a mean, after half an observation was added to each of the four cells of
 * right and wrong. For scores between 0 and 1 the same is added: half a pair each that differs by +1 and by -1, one
 * that does not differ.
 *
 * @param pairs examples both answered
 * @param difference the mean of first less second, in [-1, 1]
 * @param centre the same after the addition
 * @param deviation the standard deviation of one pair after the addition
 */
public record PairedDifference(int pairs, double difference, double centre, double deviation) {
    /** The most pairs asked for: nobody labels more to settle which of two that are as good as equal is better. */
    private static final int MAX_PAIRS = 100_000;

    /** The difference of scores of the same examples in the same order. */
    public static PairedDifference of(double[] first, double[] second) {
        int n = Math.min(first.length, second.length);
        if (n == 0) {
            throw new IllegalArgumentException("a difference needs examples that both answered, got none");
        }
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double d = first[i] - second[i];
            sum += d;
            squares += d * d;
        }
        double centre = sum / (n + 2);
        double variance = (squares + 1) / (n + 2) - centre * centre;
        return new PairedDifference(n, sum / n, centre, Math.sqrt(Math.max(variance, 0)));
    }

    /** The ends of the interval that is z standard errors wide to each side. */
    public Interval interval(double z) {
        double half = z * deviation / Math.sqrt(pairs + 2.0);
        return new Interval(Math.max(-1, centre - half), Math.min(1, centre + half));
    }

    /**
     * The probability of a difference as large as this one, were the truth at a bound: the one-sided p-value of the
     * claim that it lies above. For a number of pairs that was fixed before they were seen.
     *
     * @param bound in [-1, 1]
     */
    public double pValueAbove(double bound) {
        return Normal.below(-(centre - bound) / (deviation / Math.sqrt(pairs + 2.0)));
    }

    /**
     * The number of pairs it takes to show that the difference lies above (or below) a bound, with 80 % power, if it is
     * what was seen; {@link Integer#MAX_VALUE} where more than 100,000 are, because it lies right at the bound.
     *
     * @param bound what the difference is compared with
     * @param z the one-sided critical value
     */
    public int pairsToSettle(double bound, double z) {
        double gap = Math.abs(difference - bound);
        double wanted = (z + 0.8416212335729143) * Math.max(deviation, 0.05) / gap;
        double pairsNeeded = Math.ceil(wanted * wanted);
        return pairsNeeded <= MAX_PAIRS ? Math.max((int) pairsNeeded, pairs + 1) : Integer.MAX_VALUE;
    }
}
