package dev.llmadapt.observation;

import java.time.Duration;
import java.util.Objects;

/**
 * The end of a search for passages.
 *
 * @param retriever the name of what was searched
 * @param results how many passages were found, 0 if it failed
 * @param duration how long it took
 * @param errorType the class of the exception if it failed, else empty
 */
public record RetrievalEnd(String retriever, int results, Duration duration, String errorType) {
    /** Refuses null. */
    public RetrievalEnd {
        Objects.requireNonNull(retriever, "retriever must not be null");
        Objects.requireNonNull(duration, "duration must not be null");
        Objects.requireNonNull(errorType, "errorType must not be null, empty for none");
    }
}
