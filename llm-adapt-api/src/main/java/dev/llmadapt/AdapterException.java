package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An adapter cannot be read, written, combined, or used on this model: damaged, unsupported, or made for another one. */
public final class AdapterException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public AdapterException(String message) {
        super(Brief.of(message));
    }

    /** What is wrong, and what caused it. */
    public AdapterException(String message, @Nullable Throwable cause) {
        super(Brief.of(message), cause);
    }
}
