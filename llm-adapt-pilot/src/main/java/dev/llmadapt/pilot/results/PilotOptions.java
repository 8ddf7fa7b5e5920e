package dev.llmadapt.pilot.results;

/**
 * The options of a measurement: on how many examples, and which.
 *
 * @param limit the most test examples each strategy answers, a stratified sample; at least 1, {@link #ALL} for all
 * @param seed fixes the sample and the bootstrap
 */
public record PilotOptions(int limit, long seed) {
    /** The limit that is none. */
    public static final int ALL = Integer.MAX_VALUE;

    private static final PilotOptions DEFAULTS = new PilotOptions(ALL, 0);

    /** Refuses a limit below 1. */
    public PilotOptions {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, limit: " + limit);
        }
    }

    /** All test examples, seed 0. */
    public static PilotOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with another limit. */
    public PilotOptions withLimit(int limit) {
        return new PilotOptions(limit, seed);
    }

    /** Returns these options with another seed. */
    public PilotOptions withSeed(long seed) {
        return new PilotOptions(limit, seed);
    }
}
