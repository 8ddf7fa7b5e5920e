package dev.llmadapt;

/** Thrown when a model does not take a request because too many wait already; the same request may be taken later. */
public class OverloadedException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message that says how many wait. */
    public OverloadedException(String message) {
        super(message);
    }
}
