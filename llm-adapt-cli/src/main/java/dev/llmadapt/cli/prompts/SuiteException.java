package dev.llmadapt.cli.prompts;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A test file that cannot be used as it is; the message names the place. */
public final class SuiteException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    SuiteException(String message) {
        super(message);
    }

    SuiteException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
