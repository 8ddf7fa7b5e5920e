package dev.llmadapt;

import java.time.Duration;

/**
 * The time an answer took.
 *
 * @param toFirstToken the time from the call to the first token
 * @param total the time from the call to the last token
 */
public record Timings(Duration toFirstToken, Duration total) {
    /** No time. */
    public static final Timings NONE = new Timings(Duration.ZERO, Duration.ZERO);
}
