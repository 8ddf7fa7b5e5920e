package dev.llmadapt;

import java.util.List;
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
 * @param candidates the tokens that were most likely in its place, the likeliest first, ties by the lowest id, as many
 *     as {@linkplain GenerationOptions#candidates asked for}; it may be one of them. Empty where none were asked for,
 *     and where the token was not written by a model but chosen by its score
 */
public record Token(int id, String text, double logProbability, String reasoning, List<Candidate> candidates) {
    /** Refuses null and copies the candidates. */
    public Token {
        Objects.requireNonNull(text, "text must not be null");
        Objects.requireNonNull(reasoning, "reasoning must not be null, empty where there is none");
        candidates = List.copyOf(candidates);
    }

    /** A token without candidates. */
    public Token(int id, String text, double logProbability, String reasoning) {
        this(id, text, logProbability, reasoning, List.of());
    }

    /** A token of an answer, not of a thought. */
    public Token(int id, String text, double logProbability) {
        this(id, text, logProbability, "");
    }

    /**
     * A token that could have been written.
     *
     * @param id its id in the vocabulary
     * @param text the text that it would have completed after the tokens before it, with U+FFFD for a character that it
     *     leaves incomplete; the written form of a special token, such as {@code <|im_end|>}
     * @param logProbability its natural-log probability, as that of a token
     */
    public record Candidate(int id, String text, double logProbability) {
        /** Refuses null. */
        public Candidate {
            Objects.requireNonNull(text, "text must not be null");
        }
    }
}
