package dev.llmadapt.prompting.template;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;

/** A failure of a template: it cannot be loaded, refuses its input, or exceeds a limit. */
public final class TemplateException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int line;

    TemplateException(String message, int line) {
        super("template line " + line + ": " + message);
        this.line = line;
    }

    /** This exception with text before and after its message, for callers who know more. */
    TemplateException explained(String before, String after) {
        return new TemplateException(before + getMessage() + after, line, this);
    }

    private TemplateException(String message, int line, TemplateException cause) {
        super(message, cause);
        this.line = line;
    }

    /** The line of the template where it happened, from 1. */
    public int line() {
        return line;
    }
}
