package dev.llmadapt;

/** The reason why an answer ended. */
public enum FinishReason {
    /** The model ended it, a stop text was met, or the output constraint was complete. */
    STOP,
    /**
     * The token limit or the end of the context was reached. A tool call that was cut off is not among the answer's
     * calls; those before it are.
     */
    LENGTH,
    /** The calling thread was interrupted, or the request's {@linkplain Scheduling#timeLimit time limit} passed. */
    INTERRUPTED,
    /** The answer calls tools: the application runs them and asks again with their results. */
    TOOL_CALLS
}
