package dev.llmadapt.pilot.recommendation;

/**
 * The prices of running a model, in any one currency.
 *
 * @param computeHour an hour of the machine that trains and, for a model of one's own, answers; at least 0
 * @param promptMillion a million tokens read by a hosted model; 0 for a model of one's own
 * @param completionMillion a million tokens written by a hosted model; 0 for a model of one's own
 */
public record Prices(double computeHour, double promptMillion, double completionMillion) {
    private static final Prices DEFAULTS = new Prices(0.10, 0, 0);

    /** Refuses prices below 0. */
    public Prices {
        for (double price : new double[] {computeHour, promptMillion, completionMillion}) {
            if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a price must be 0 or more, computeHour: " + computeHour
                        + ", promptMillion: " + promptMillion + ", completionMillion: " + completionMillion);
            }
        }
    }

    /** Prices of 0.10 for an hour of two cores, which is what they cost where machines are let; nothing hosted. */
    public static Prices defaults() {
        return DEFAULTS;
    }

    /** Whether tokens of a hosted model have a price; candidates that use none are not paid by it. */
    public boolean hosted() {
        return promptMillion > 0 || completionMillion > 0;
    }
}
