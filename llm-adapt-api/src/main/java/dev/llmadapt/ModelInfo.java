package dev.llmadapt;

import java.util.Objects;

/**
 * The description of a model. Numbers that a remote model's server does not tell are 0.
 *
 * @param name its origin, such as a repository id or a file name
 * @param architecture the family, as {@code config.json} names it: {@code llama}
 * @param parameterCount the number of its parameters, tied ones counted once
 * @param contextLength the maximum number of tokens of prompt and answer together
 * @param vocabularySize the number of tokens in its vocabulary
 * @param precision the precision of its weights in computation, such as {@code fp32} or {@code int4}
 * @param scoring how far it can {@linkplain Model#score score} texts
 */
public record ModelInfo(
        String name,
        String architecture,
        long parameterCount,
        int contextLength,
        int vocabularySize,
        String precision,
        Scoring scoring) {
    /** Refuses null. */
    public ModelInfo {
        Objects.requireNonNull(scoring, "scoring must not be null");
    }

    /** A model that scores any text. */
    public ModelInfo(
            String name,
            String architecture,
            long parameterCount,
            int contextLength,
            int vocabularySize,
            String precision) {
        this(name, architecture, parameterCount, contextLength, vocabularySize, precision, Scoring.EXACT);
    }

    /**
     * Refuses a model that cannot score, for what compares the scores of texts.
     *
     * @param who what compares them, such as "a judge", for the message
     * @param instead what to do about it, for the message
     * @throws IllegalArgumentException if {@link #scoring()} is {@link Scoring#NONE}
     */
    public void requireScoring(String who, String instead) {
        if (scoring == Scoring.NONE) {
            throw new IllegalArgumentException(who + " compares the probabilities of texts, which the model '" + name
                    + "' does not tell; " + instead);
        }
    }
}
