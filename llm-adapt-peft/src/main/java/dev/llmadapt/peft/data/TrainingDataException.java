package dev.llmadapt.peft.data;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A file of training data cannot be used at all: missing, unreadable, or without a single example that could be read.
 */
public final class TrainingDataException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** An exception with a message. */
    public TrainingDataException(String message) {
        super(message);
    }

    /** An exception with a message and its cause. */
    public TrainingDataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
