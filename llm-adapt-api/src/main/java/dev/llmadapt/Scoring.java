package dev.llmadapt;

/** How far a model can {@linkplain Model#score score} texts. */
public enum Scoring {
    /** Any text: the log-probabilities of all its tokens. */
    EXACT,
    /**
     * Texts of a single token that is among the most probable ones after the prompt, such as the letters A, B, C: what
     * a server tells that reports the best alternatives to each token it writes. {@link Model#score} refuses others.
     */
    TOP_TOKENS,
    /** No text: {@link Model#score} throws {@link UnsupportedOperationException}. */
    NONE
}
