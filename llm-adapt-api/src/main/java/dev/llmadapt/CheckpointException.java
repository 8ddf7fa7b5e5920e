package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that cannot be read: a file that is missing, damaged, of an unsupported kind, or at odds with itself. The
 * message names the file and the field or tensor.
 */
public final class CheckpointException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble without a cause of its own. */
    public CheckpointException(String message) {
        super(Brief.of(message));
    }

    /** Trouble with a cause, such as the {@link java.io.IOException} of a read that failed. */
    public CheckpointException(String message, @Nullable Throwable cause) {
        super(Brief.of(message), cause);
    }
}
