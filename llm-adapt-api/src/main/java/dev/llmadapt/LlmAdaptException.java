package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Trouble with a model, a file or a service; its message says what was met, what was expected and what to do. The root
 * of this library's exceptions: bad arguments are {@link IllegalArgumentException}, misuse is
 * {@link IllegalStateException}, everything else is one of these.
 */
public class LlmAdaptException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble without a cause of its own. */
    public LlmAdaptException(String message) {
        super(message);
    }

    /** Trouble with a cause. */
    public LlmAdaptException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
