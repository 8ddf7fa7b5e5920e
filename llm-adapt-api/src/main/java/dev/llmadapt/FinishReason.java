package dev.llmadapt;

/** The reason why an answer ended. */
public enum FinishReason {
    /** The model ended it, a stop text was met, or the output constraint was complete. */
    STOP,
    /** The token limit or the end of the context was reached. */
    LENGTH,
    /** The calling thread was interrupted. */
    INTERRUPTED
}
