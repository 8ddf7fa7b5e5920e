package dev.llmadapt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A token of an answer or of a scored continuation.
 *
 * @param id its id in the vocabulary
 * @param text the text that it completes; empty while a character or a possible stop text is incomplete
 * @param logProbability its natural-log probability under the model's own distribution: among all tokens, before
 *     temperature, filters and constraints. So it is also of a token that a constraint left no choice about. NaN when
 *     not asked for
 * @param reasoning the text that it completes of the thought before the answer; empty in all others. A token may
 *     complete some of both
 * @param candidates the tokens that were most likely in its place, the likeliest first, ties by the lowest id, as many
 *     as {@linkplain GenerationOptions#candidates asked for}; it may be one of them. Empty where none were asked for,
 *     and where the token was not written by a model but chosen by its score
 * @param bytes the bytes, each in [0, 255], that it stands for in UTF-8: a part of a character's where the character is
 *     of several tokens, also where its text is held back or cut by a stop text. Those of all tokens in their order are
 *     the thought, its markers and the answer. Empty for a special token
 */
public record Token(
        int id, String text, double logProbability, String reasoning, List<Candidate> candidates, List<Integer> bytes) {
    /** Refuses null and what is no byte, and copies the lists. */
    public Token {
        Objects.requireNonNull(text, "text must not be null");
        Objects.requireNonNull(reasoning, "reasoning must not be null, empty where there is none");
        candidates = List.copyOf(candidates);
        bytes = copy(bytes);
    }

    /** A token of whole characters, whose bytes are those of its texts. */
    public Token(int id, String text, double logProbability, String reasoning, List<Candidate> candidates) {
        this(id, text, logProbability, reasoning, candidates, utf8(reasoning + text));
    }

    /** A token of whole characters without candidates. */
    public Token(int id, String text, double logProbability, String reasoning) {
        this(id, text, logProbability, reasoning, List.of());
    }

    /** A token of whole characters of an answer, not of a thought. */
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
     * @param bytes the bytes, each in [0, 255], that it stands for in UTF-8, as those of a token; of a special token
     *     those of its text
     */
    public record Candidate(int id, String text, double logProbability, List<Integer> bytes) {
        /** Refuses null and what is no byte, and copies the list. */
        public Candidate {
            Objects.requireNonNull(text, "text must not be null");
            bytes = copy(bytes);
        }

        /** A token of whole characters. */
        public Candidate(int id, String text, double logProbability) {
            this(id, text, logProbability, utf8(text));
        }
    }

    private static List<Integer> copy(List<Integer> bytes) {
        for (int each : bytes) {
            if (each < 0 || each > 255) {
                throw new IllegalArgumentException("a byte must be in [0, 255], got " + each + " in " + bytes);
            }
        }
        return List.copyOf(bytes);
    }

    private static List<Integer> utf8(String text) {
        List<Integer> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(each & 0xff);
        }
        return bytes;
    }
}
