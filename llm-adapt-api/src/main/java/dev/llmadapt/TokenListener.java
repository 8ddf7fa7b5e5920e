package dev.llmadapt;

/** Hears of each token of an answer as it becomes final. */
@FunctionalInterface
public interface TokenListener {
    /** Hears nothing. */
    TokenListener NONE = token -> {};

    /** Called once a token, in order, on the thread that asked. */
    void onToken(Token token);
}
