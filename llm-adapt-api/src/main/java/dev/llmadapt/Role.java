package dev.llmadapt;

import java.util.Locale;

/** Who speaks in a conversation. */
public enum Role {
    /** Instructions from the application. */
    SYSTEM,
    /** The person asking; never trusted. */
    USER,
    /** The model. */
    ASSISTANT,
    /** What a tool returned; never trusted. */
    TOOL;

    /** The name chat templates use: {@code system}, {@code user}, {@code assistant}, {@code tool}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
