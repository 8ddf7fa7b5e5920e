package dev.llmadapt.local.source;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be had from where a {@link ModelSource} looks: each way tried, what it said, and what to do. */
public final class SourceException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble with a source. */
    public SourceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
