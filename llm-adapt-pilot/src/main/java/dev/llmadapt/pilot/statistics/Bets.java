package dev.llmadapt.pilot.statistics;

import java.util.Arrays;

/**
 * The wealth of bets against "the mean of these values is at most {@code m}", by which that is tested at every moment.
 *
 * <p>A bettor starts with 1 and stakes the fraction γ of what he can lose on the next value x in [-1, 1] being above m:
 * his wealth is multiplied by 1 - γ + γ (x + 1) / (m + 1). If the mean is at most m he gains nothing on average, so his
 * wealth passes 1/α, whenever one looks, with a probability of at most α (Ville 1939). Here the wealth of
 * {@value #COUNT} bettors with fixed fractions is averaged (as by the "diversified Kelly" bets of Waudby-Smith and
 * Ramdas 2024, "Estimating means of bounded random variables by betting"; Cover's universal portfolio 1991). That is
 * one bettor whose stake is predictable: the mean of the fractions, weighted by what each has earned so far.
 *
 * <p>As the fractions do not depend on m, the wealth falls with m, so what m is not rejected is an interval.
 */
final class Bets {
    private static final double[] FRACTIONS = {
        0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25, 0.34, 0.45, 0.58, 0.72, 0.87, 1
    };
    static final int COUNT = 14;

    /**
     * Wealth above it is counted in the logarithm; a bettor who is left behind by as much as a double holds is poor.
     */
    private static final double MUCH = 1e200;
    /** Sums of fractions are off by rounding: what is left of a finite set may be this far below zero. */
    private static final double ROUNDING = 1e-9;

    private Bets() {}

    /**
     * The wealth after these values.
     *
     * @param values each in [-1, 1], in the order in which they came
     * @param count values that count, from the first
     * @param m in [-1, 1]
     * @param sign 1, or -1 to bet on the mirrored values, that is against "the mean is at least -m"
     * @param population values there are in all, drawn without replacement in random order; 0 for no end
     */
    static EValue against(double[] values, int count, double m, int sign, int population) {
        double[] wealth = new double[COUNT];
        Arrays.fill(wealth, 1.0 / COUNT);
        double nu = (m + 1) / 2;
        double left = population * nu; // what the values to come add up to, were the mean m (both in [0, 1])
        double log = 0;
        double scale = 0;
        double peak = 0;
        for (int i = 0; i < count; i++) {
            double y = (sign * values[i] + 1) / 2;
            if (population > 0) {
                nu = left / (population - i);
                left -= y;
            }
            if (left < -ROUNDING || (nu <= 0 && y > ROUNDING)) {
                return EValue.IMPOSSIBLE;
            }
            double ratio = nu <= 0 ? 1 : y / nu;
            double sum = 0;
            for (int k = 0; k < COUNT; k++) {
                wealth[k] *= 1 - FRACTIONS[k] + FRACTIONS[k] * ratio;
                sum += wealth[k];
            }
            log = scale + Math.log(sum);
            peak = Math.max(peak, log);
            if (sum > MUCH) {
                for (int k = 0; k < COUNT; k++) {
                    wealth[k] /= MUCH;
                }
                scale += Math.log(MUCH);
            }
        }
        return new EValue(log, peak);
    }
}
