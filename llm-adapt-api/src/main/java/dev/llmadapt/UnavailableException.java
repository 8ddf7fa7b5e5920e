package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a model cannot be asked at all: its server is not reached, is overloaded or is down, or does not know the
 * key. It says nothing about the request, so it must not be counted as an answer of the model; the same request may be
 * answered later. What asks many requests, such as a pilot or a table of inputs, ends with it.
 */
public class UnavailableException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A failure without another exception as its cause. */
    public UnavailableException(String message) {
        super(message);
    }

    /** A failure that another exception caused, such as a connection that broke. */
    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
