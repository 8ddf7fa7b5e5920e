package dev.llmadapt.local.decoding;

/**
 * How many requests are taken.
 *
 * @param together the most that run together, at least 1
 * @param waiting the most that wait for one of those to end; 0 for no limit
 * @param perCaller the most of one caller that run together; 0 for no limit
 */
public record Admission(int together, int waiting, int perCaller) {
    /** Refuses what is below its least. */
    public Admission {
        if (together < 1 || waiting < 0 || perCaller < 0) {
            throw new IllegalArgumentException(
                    "together must be at least 1, waiting and perCaller at least 0, together: " + together
                            + ", waiting: " + waiting + ", perCaller: " + perCaller);
        }
    }

    /**
     * Refuses a list of requests that could not be taken even if there were no others.
     *
     * @param requests how many it has
     */
    void requirePossible(int requests) {
        if (waiting > 0 && requests > (long) together + waiting) {
            throw new IllegalArgumentException("a list of " + requests
                    + " requests can never be answered by this model,"
                    + " which answers " + together + " together while " + waiting + " wait; ask for at most "
                    + (together + (long) waiting) + " at once, or open it with a higher ModelOptions.withMaxWaiting");
        }
    }

    /** So many together, and no other limit. */
    public static Admission of(int together) {
        return new Admission(together, 0, 0);
    }
}
