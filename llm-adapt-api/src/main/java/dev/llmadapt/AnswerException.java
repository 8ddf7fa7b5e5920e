package dev.llmadapt;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A failure of an answer to be what was asked for, such as a record; the message says at which place. */
public final class AnswerException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String text;

    /**
     * A failure of an answer.
     *
     * @param text the answer
     */
    public AnswerException(String message, String text, @Nullable Throwable cause) {
        super(message, cause);
        this.text = text;
    }

    /** The answer as the model wrote it. */
    public String text() {
        return text;
    }
}
