package dev.llmadapt.peft.training;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;

/** Training cannot go on: its data cannot be used, it has diverged, or its files cannot be written or do not fit. */
public sealed class TrainingException extends LlmAdaptException permits TrainingDiverged {
    @Serial
    private static final long serialVersionUID = 1L;

    /** With what was found, what was expected, and what to do. */
    public TrainingException(String message) {
        super(message);
    }

    /** An exception with its cause. */
    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
