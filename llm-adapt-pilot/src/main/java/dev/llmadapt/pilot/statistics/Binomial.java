package dev.llmadapt.pilot.statistics;

/** Exact probabilities of a number of successes among independent trials, and the bound that they give. */
public final class Binomial {
    private Binomial() {}

    /** The probability of at least k successes in n trials that succeed with probability p each. */
    public static double atLeast(int k, int n, double p) {
        if (n < 0 || k < 0 || k > n || !(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(
                    "k must be in [0, n] and p in [0, 1], k: " + k + ", n: " + n + ", p: " + p);
        }
        if (k == 0 || p == 1) {
            return 1;
        }
        if (p == 0) {
            return 0;
        }
        double log = n * Math.log1p(-p); // of the probability of i successes, beginning with none
        double odds = Math.log(p) - Math.log1p(-p);
        double sum = 0;
        for (int i = 0; i <= n; i++) {
            if (i >= k) {
                sum += Math.exp(log);
            }
            log += odds + Math.log(n - i) - Math.log(i + 1.0);
        }
        return Math.min(1, sum);
    }

    /**
     * The lower end of the exact one-sided interval of a proportion (Clopper and Pearson 1934), by bisection: a smaller
     * proportion gives as many successes with a probability below alpha.
     *
     * @param alpha how often the proportion may lie below the bound at most, in (0, 1)
     * @return 0 without trials
     */
    public static double lowerBound(int successes, int trials, double alpha) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha must be in (0, 1), alpha: " + alpha);
        }
        if (atLeast(successes, trials, 0) > alpha) {
            return 0;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < 50; i++) {
            double middle = (low + high) / 2;
            if (atLeast(successes, trials, middle) < alpha) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
