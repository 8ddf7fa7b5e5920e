package dev.llmadapt.pilot.statistics;

/**
 * The exact two-sided sign test of paired scores. For scores that are 0 or 1 it is McNemar's exact test: only examples
 * on which the two differ count, and under "no difference" each is a fair coin.
 */
public final class SignTest {
    private SignTest() {}

    /**
     * The probability of a split at least as uneven if there were no difference.
     *
     * @param wins pairs the first has more of
     * @param losses pairs the second has more of
     * @return in (0, 1]; 1 without any pair that differs
     */
    public static double pValue(int wins, int losses) {
        int n = wins + losses;
        int fewer = Math.min(wins, losses);
        // log of C(n, k) / 2^n, summed up to the smaller count
        double logTerm = -n * Math.log(2);
        double sum = Math.exp(logTerm);
        for (int k = 1; k <= fewer; k++) {
            logTerm += Math.log((double) (n - k + 1) / k);
            sum += Math.exp(logTerm);
        }
        return Math.min(1, 2 * sum);
    }
}
