package dev.llmadapt.pilot.task;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A task file that cannot be used; its message is one line: the file, the line where there is one, and what is wrong.
 */
final class TaskFileException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble with a file as a whole. */
    TaskFileException(Path file, String trouble) {
        this(file, trouble, null);
    }

    /** Trouble with a file as a whole, with a cause. */
    TaskFileException(Path file, String trouble, @Nullable Throwable cause) {
        super(file + ": " + trouble, cause);
    }

    /** Trouble at a line, counted from 1. */
    TaskFileException(Path file, long line, String trouble) {
        this(file, line, trouble, null);
    }

    /** Trouble at a line, counted from 1, with a cause. */
    TaskFileException(Path file, long line, String trouble, @Nullable Throwable cause) {
        super(file + ", line " + line + ": " + trouble, cause);
    }
}
