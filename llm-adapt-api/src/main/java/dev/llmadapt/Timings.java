package dev.llmadapt;

import java.time.Duration;

/**
 * How long an answer took.
 *
 * @param toFirstToken from the call to the first token
 * @param total from the call to the last token
 */
public record Timings(Duration toFirstToken, Duration total) {
    /** No time at all. */
    public static final Timings NONE = new Timings(Duration.ZERO, Duration.ZERO);
}
