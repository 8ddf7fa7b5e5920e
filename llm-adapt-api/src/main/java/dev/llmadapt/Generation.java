package dev.llmadapt;

import java.util.List;

/**
 * An answer.
 *
 * @param text the answer; the tokens' texts joined
 * @param tokens what it was generated from, or those of the chosen text where a layer chose it by scores
 * @param finishReason why it ended
 * @param usage tokens read and written, all calls that led to the answer added up
 * @param timings how long it took
 * @param reasoning what the model wrote before the answer when a layer made it think; empty otherwise
 */
public record Generation(
        String text, List<Token> tokens, FinishReason finishReason, Usage usage, Timings timings, String reasoning) {
    /** Copies the tokens. */
    public Generation {
        tokens = List.copyOf(tokens);
    }
}
