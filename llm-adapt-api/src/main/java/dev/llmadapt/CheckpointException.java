package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A failure to read a checkpoint: a file is missing, damaged, unsupported, or contradicts itself. The message names the
 * file and the field or tensor.
 */
public final class CheckpointException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A failure without another exception as its cause. */
    public CheckpointException(String message) {
        super(Brief.of(message));
    }

    /** A failure that another exception caused, such as an {@link java.io.IOException}. */
    public CheckpointException(String message, @Nullable Throwable cause) {
        super(Brief.of(message), cause);
    }
}
