package dev.llmadapt.prompting.template;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;

/** A template that cannot be loaded, that refuses its input, or that exceeds a limit. */
public final class TemplateException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int line;

    TemplateException(String message, int line) {
        super("template line " + line + ": " + message);
        this.line = line;
    }

    /** This error with words before and after it, for whoever can say more. */
    public TemplateException explained(String before, String after) {
        return new TemplateException(before + getMessage() + after, line, this);
    }

    private TemplateException(String message, int line, TemplateException cause) {
        super(message, cause);
        this.line = line;
    }

    /** The template's line it happened at, from 1. */
    public int line() {
        return line;
    }
}
