package dev.llmadapt.pilot.results;

import java.time.Duration;
import java.util.Optional;

/**
 * The answer to one test example, and its score.
 *
 * @param id the example's id
 * @param expected the right answer
 * @param answer what the model answered; empty if it failed
 * @param score the answer's worth, in [0, 1]
 * @param latency how long the answer took
 * @param promptTokens tokens read
 * @param completionTokens tokens written
 * @param error why the answer failed, or empty
 * @param confidence how sure the answer was, where it was chosen among labels by their probabilities; empty where not
 */
public record Outcome(
        String id,
        String expected,
        String answer,
        double score,
        Duration latency,
        int promptTokens,
        int completionTokens,
        String error,
        Optional<Confidence> confidence) {
    /** An answer that has no probability. */
    public Outcome(
            String id,
            String expected,
            String answer,
            double score,
            Duration latency,
            int promptTokens,
            int completionTokens,
            String error) {
        this(id, expected, answer, score, latency, promptTokens, completionTokens, error, Optional.empty());
    }
}
