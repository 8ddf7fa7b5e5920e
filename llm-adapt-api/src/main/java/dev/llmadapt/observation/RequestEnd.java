package dev.llmadapt.observation;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The end of a request. Numbers of tokens are 0 where they are not known, as of embedders, and of a prompt that was not
 * read. Of requests that failed or were cancelled they are those that were read and written before.
 *
 * @param request what was asked for
 * @param outcome how it ended
 * @param finishReason why the answer ended, in the words of OpenAI's API: {@code stop}, {@code length},
 *     {@code tool_calls}, or {@code interrupted}; empty where there is no answer
 * @param errorType the class of the exception of a request that failed; of one that was cancelled {@code timeout} where
 *     its time limit passed, else {@code cancelled}; empty where it finished
 * @param promptTokens the tokens of the prompt, template and examples included
 * @param cachedPromptTokens those of them that were not read, since the cache held them
 * @param completionTokens the tokens that were written; of a scoring, those that were scored
 * @param queued the time from the call until it began; empty where it did not, or nobody knows, as of a server
 * @param toFirstToken the time from the call to the first token; empty without one
 * @param duration the time from the call to the end
 */
public record RequestEnd(
        RequestInfo request,
        Outcome outcome,
        String finishReason,
        String errorType,
        int promptTokens,
        int cachedPromptTokens,
        int completionTokens,
        Optional<Duration> queued,
        Optional<Duration> toFirstToken,
        Duration duration) {
    /** Refuses null. */
    public RequestEnd {
        Objects.requireNonNull(request, "request must not be null");
        Objects.requireNonNull(outcome, "outcome must not be null");
        Objects.requireNonNull(queued, "queued must not be null, empty where it is not known");
        Objects.requireNonNull(toFirstToken, "toFirstToken must not be null, empty where there is none");
    }

    /** How a request ended. */
    public enum Outcome {
        /** With a whole answer, or one that a limit of tokens ended. */
        FINISHED,
        /** Its thread was interrupted, its time limit passed, or the listener of its tokens threw. */
        CANCELLED,
        /** With an exception. */
        FAILED
    }

    /** The mean time of each token after the first; empty with fewer than two. */
    public Optional<Duration> perOutputToken() {
        return completionTokens < 2
                ? Optional.empty()
                : toFirstToken.map(first -> duration.minus(first).dividedBy(completionTokens - 1));
    }
}
