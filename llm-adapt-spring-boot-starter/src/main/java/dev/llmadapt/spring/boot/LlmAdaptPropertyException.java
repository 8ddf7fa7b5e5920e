package dev.llmadapt.spring.boot;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A property that cannot be honoured; the application ends with one message that names it. */
public final class LlmAdaptPropertyException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String description;
    private final String action;

    LlmAdaptPropertyException(String property, String value, String why, String action) {
        this(property, value, why, action, null);
    }

    /** Something beside the properties that cannot be honoured. */
    LlmAdaptPropertyException(String description, String action) {
        super(description + " " + action);
        this.description = description;
        this.action = action;
    }

    /**
     * A property that cannot be honoured.
     *
     * @param why what is wrong with its value
     * @param action what to do about it
     */
    LlmAdaptPropertyException(String property, String value, String why, String action, @Nullable Throwable cause) {
        super("the property " + property + " is '" + value + "': " + why + ". " + action, cause);
        this.description = "The property " + property + " is '" + value + "': " + why + ".";
        this.action = action;
    }

    /** Which property, its value, and what is wrong with it. */
    public String description() {
        return description;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
