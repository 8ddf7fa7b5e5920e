package dev.llmadapt;

/**
 * What to look for.
 *
 * @param text in the words of whoever asks
 * @param limit the most passages to return, at least 1
 */
public record Query(String text, int limit) {
    /** Checks. */
    public Query {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, limit: " + limit);
        }
    }
}
