package dev.llmadapt;

import java.util.List;

/**
 * The answer to a request, with its tokens and costs.
 *
 * @param text the answer: the texts of its tokens, joined
 * @param tokens the tokens of the answer, generated or, where a layer chose the answer by its score, those of the
 *     choice
 * @param finishReason why it ended
 * @param usage the tokens read and written, summed over all calls that led to the answer
 * @param timings how long it took
 * @param reasoning the text that the model wrote before the answer where a layer made it think; empty otherwise
 */
public record Generation(
        String text, List<Token> tokens, FinishReason finishReason, Usage usage, Timings timings, String reasoning) {
    /** Copies the tokens. */
    public Generation {
        tokens = List.copyOf(tokens);
    }
}
