package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The engine could not make a session or run it. */
public final class InferenceException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** An exception with a message. */
    public InferenceException(String message) {
        super(message);
    }

    /** What was tried, and the engine's own words. */
    public InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
