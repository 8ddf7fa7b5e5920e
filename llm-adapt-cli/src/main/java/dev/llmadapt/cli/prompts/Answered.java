package dev.llmadapt.cli.prompts;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Usage;

/**
 * An answer to be checked.
 *
 * @param text the answer
 * @param finishReason why it ended
 * @param usage the tokens read and written
 * @param millis how long it took when the model wrote it, in milliseconds
 * @param cached whether it was written in an earlier run
 */
public record Answered(String text, FinishReason finishReason, Usage usage, long millis, boolean cached) {
    /** This answer, as one that was found in the cache. */
    Answered fromCache() {
        return new Answered(text, finishReason, usage, millis, true);
    }
}
