package dev.llmadapt.prompting.file;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A prompt file that cannot be used; the message names the file and the line. */
public final class PromptFileException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    PromptFileException(String message) {
        super(message);
    }

    PromptFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
