package dev.llmadapt.pilot.statistics;

/**
 * The evidence for a claim: the wealth of one who started with 1 and bet against its opposite (an e-value, Vovk and
 * Wang 2021), as logarithms.
 *
 * @param log the natural logarithm of the wealth now; negative if the bets lost
 * @param logPeak the same of the most there was at any moment, at least 0
 */
public record EValue(double log, double logPeak) {
    /** The evidence that the opposite cannot have led to what was seen. */
    static final EValue IMPOSSIBLE = new EValue(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** Refuses a peak below the start or below the present. */
    public EValue {
        if (!(logPeak >= 0 && log <= logPeak)) {
            throw new IllegalArgumentException(
                    "logPeak must be at least 0 and at least log, log: " + log + ", logPeak: " + logPeak);
        }
    }

    /**
     * Tells whether the claim is shown. If it is false, that is said at any moment with a probability of at most alpha
     * (Ville's inequality), however the moment was chosen; what was shown once stays shown.
     *
     * @param alpha the error allowed, in (0, 1)
     */
    public boolean shown(double alpha) {
        return logPeak >= Math.log(1 / checked(alpha));
    }

    /** The evidence that two claims are both true: the lesser. */
    EValue and(EValue other) {
        return new EValue(Math.min(log, other.log), Math.min(logPeak, other.logPeak));
    }

    static double checked(double alpha) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha must be in (0, 1), alpha: " + alpha);
        }
        return alpha;
    }
}
