package dev.llmadapt.peft.data;

import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    /** The exception of a file that cannot be read, by the reason that the system gives. */
    static TrainingDataException unreadable(Path file, IOException reason) {
        String why = reason instanceof NoSuchFileException
                ? "no such file"
                : reason instanceof AccessDeniedException
                        ? "may not be read: access denied"
                        : "cannot be read: " + reason.getMessage();
        return new TrainingDataException(file + ": " + why, reason);
    }

    /** The exception of a file without a record that could be read. */
    static TrainingDataException empty(Path file, BrokenLines broken) {
        return new TrainingDataException(file + ": "
                + (broken.count() == 0
                        ? "holds no records"
                        : "none of its " + broken.count() + " records can be read; "
                                + broken.lines().get(0)));
    }
}
