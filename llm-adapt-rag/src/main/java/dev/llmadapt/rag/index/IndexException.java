package dev.llmadapt.rag.index;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An exception of an index that cannot be opened, read or written. */
public final class IndexException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message and its cause, if there is one. */
    public IndexException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
