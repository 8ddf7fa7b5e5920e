package dev.llmadapt;

/** A listener for the tokens of an answer, each as it becomes final. */
@FunctionalInterface
public interface TokenListener {
    /** A listener that ignores everything. */
    TokenListener NONE = token -> {};

    /** Receives a token; called once per token, in order, on the thread that asked. */
    void onToken(Token token);
}
