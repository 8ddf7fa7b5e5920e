package dev.llmadapt.pilot.statistics;

/** The standard normal distribution. */
public final class Normal {
    private Normal() {}

    /**
     * The share of values below x, by the complementary error function of Numerical Recipes (fractional error below
     * 1.2e-7).
     */
    static double below(double x) {
        double z = Math.abs(x) / Math.sqrt(2);
        double t = 1 / (1 + 0.5 * z);
        double[] c = {
            -1.26551223,
            1.00002368,
            0.37409196,
            0.09678418,
            -0.18628806,
            0.27886807,
            -1.13520398,
            1.48851587,
            -0.82215223,
            0.17087277
        };
        double sum = 0;
        for (int i = c.length - 1; i >= 0; i--) {
            sum = sum * t + c[i];
        }
        double tail = 0.5 * t * Math.exp(-z * z + sum);
        return x > 0 ? 1 - tail : tail;
    }

    /** The x that a share of values lies below, by bisection; p in (0, 1). */
    public static double quantile(double p) {
        if (!(p > 0 && p < 1)) {
            throw new IllegalArgumentException("p must be in (0, 1), p: " + p);
        }
        double low = -10;
        double high = 10;
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (below(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
