package dev.llmadapt.pilot.statistics;

/** Quantiles by the nearest rank: always a value that was measured, never one between two. */
public final class Quantile {
    private Quantile() {}

    /**
     * The smallest value that at least the share {@code p} of all values do not exceed (Hyndman and Fan 1996,
     * definition 1).
     *
     * @param sorted ascending, at least one value
     * @param p in (0, 1]
     */
    public static double of(double[] sorted, double p) {
        if (sorted.length == 0 || !(p > 0 && p <= 1)) {
            throw new IllegalArgumentException(
                    "a quantile needs values and p in (0, 1], values: " + sorted.length + ", p: " + p);
        }
        // 0.95 * 20 is a hair above 19 in floating point: without the slack the rank would be 20.
        int rank = (int) Math.ceil(p * sorted.length - 1e-9);
        return sorted[Math.max(rank, 1) - 1];
    }
}
