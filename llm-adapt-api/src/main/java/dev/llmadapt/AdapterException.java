package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A failure to read, write, combine or use an adapter: damaged, unsupported, or made for another model. */
public final class AdapterException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A failure without another exception as its cause. */
    public AdapterException(String message) {
        super(Brief.of(message));
    }

    /** A failure that another exception caused. */
    public AdapterException(String message, @Nullable Throwable cause) {
        super(Brief.of(message), cause);
    }
}
