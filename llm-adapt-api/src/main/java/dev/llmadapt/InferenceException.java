package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A failure of the engine to open or run a session. */
public final class InferenceException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A failure without another exception as its cause. */
    public InferenceException(String message) {
        super(message);
    }

    /** A failure that an exception of the engine caused. */
    public InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
