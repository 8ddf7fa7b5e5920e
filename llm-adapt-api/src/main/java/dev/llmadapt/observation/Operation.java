package dev.llmadapt.observation;

/**
 * What a model is asked to do, with the name that OpenTelemetry's conventions for generative AI have for it
 * ({@code gen_ai.operation.name}), or one of this library where they have none.
 */
public enum Operation {
    /** An answer to a conversation. */
    CHAT("chat"),
    /** An answer that goes on after a raw text. */
    TEXT_COMPLETION("text_completion"),
    /** The log-probabilities of texts; a name of this library. */
    SCORE("score"),
    /** The vectors of texts. */
    EMBEDDINGS("embeddings"),
    /** The hidden states of texts; a name of this library. */
    HIDDEN_STATES("hidden_states"),
    /** A search for passages. */
    RETRIEVAL("retrieval");

    private final String key;

    Operation(String key) {
        this.key = key;
    }

    /** The name, such as {@code chat}. */
    public String key() {
        return key;
    }
}
