package dev.llmadapt.server.openai;

import dev.llmadapt.GenerationOptions;
import java.util.Objects;

/**
 * What is taken where a request says nothing, and what it may say at most.
 *
 * @param options length and sampling of an answer; its seed and stop texts count for nothing, as each request without a
 *     seed gets one of its own
 * @param maxChoices the most answers of one request
 */
public record RequestDefaults(GenerationOptions options, int maxChoices) {
    /** Refuses a number of answers below 1. */
    public RequestDefaults {
        Objects.requireNonNull(options, "options must not be null");
        if (maxChoices < 1) {
            throw new IllegalArgumentException("maxChoices must be at least 1, maxChoices: " + maxChoices);
        }
    }
}
