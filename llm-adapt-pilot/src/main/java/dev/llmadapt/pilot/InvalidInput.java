package dev.llmadapt.pilot;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import java.util.function.Supplier;

/** What the user gave cannot be used: one line and exit status 2, where the same exception from elsewhere is a bug. */
final class InvalidInput extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    InvalidInput(String message) {
        super(message);
    }

    InvalidInput(String message, Throwable cause) {
        super(message, cause);
    }

    /** Does what depends on nothing but the user's input, so a refused argument is the user's. */
    static <T> T check(Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(String.valueOf(e.getMessage()), e);
        }
    }
}
