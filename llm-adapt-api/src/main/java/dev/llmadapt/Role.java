package dev.llmadapt;

import java.util.Locale;

/** The speaker of a message. */
public enum Role {
    /** Instructions from the application. */
    SYSTEM,
    /** The person asking; never trusted. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a tool; never trusted. */
    TOOL;

    /** The role's name in chat templates: {@code system}, {@code user}, {@code assistant}, {@code tool}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
