package dev.llmadapt.rag.index;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An index cannot be opened, read or written. */
public final class IndexException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble, with its cause where there is one. */
    public IndexException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
