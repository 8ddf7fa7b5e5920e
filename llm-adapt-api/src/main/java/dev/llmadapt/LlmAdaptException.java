package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a model, a file or a service; its message says what was found, what was expected and what to do. It is
 * the root of this library's exceptions: a bad argument is an {@link IllegalArgumentException}, misuse an
 * {@link IllegalStateException}, everything else one of these.
 */
public class LlmAdaptException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A failure without another exception as its cause. */
    public LlmAdaptException(String message) {
        super(message);
    }

    /** A failure that another exception caused. */
    public LlmAdaptException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
