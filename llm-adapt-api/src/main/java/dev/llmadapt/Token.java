package dev.llmadapt;

import java.util.Objects;

/**
 * A token of an answer or of a scored continuation.
 *
 * @param id its id in the vocabulary
 * @param text the text that it completes; empty while a character or a possible stop text is incomplete
 * @param logProbability its natural-log probability under the model's own distribution (before temperature and filters,
 *     among all tokens); NaN when not asked for
 * @param reasoning the text that it completes of the thought before the answer; empty in all others. A token may
 *     complete some of both
 */
public record Token(int id, String text, double logProbability, String reasoning) {
    /** Refuses null. */
    public Token {
        Objects.requireNonNull(text, "text must not be null");
        Objects.requireNonNull(reasoning, "reasoning must not be null, empty where there is none");
    }

    /** A token of an answer, not of a thought. */
    public Token(int id, String text, double logProbability) {
        this(id, text, logProbability, "");
    }
}
