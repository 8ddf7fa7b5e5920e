package dev.llmadapt.spring.ai;

import java.util.Objects;

/**
 * Options of a chat model of Spring AI that this library asks.
 *
 * @param name the model's name in reports; empty for that in its options, or else the name of its class
 * @param contextLength the most tokens of prompt and answer together; 0 where it is not known
 * @param concurrency the most requests of a batch at a time, at least 1
 * @param streaming whether answers without a constraint are streamed; false for a model that cannot
 */
public record SpringAiOptions(String name, int contextLength, int concurrency, boolean streaming) {
    /** Checks the components. */
    public SpringAiOptions {
        Objects.requireNonNull(name, "name must not be null, empty for that in the model's options");
        if (contextLength < 0) {
            throw new IllegalArgumentException(
                    "contextLength must be positive, or 0 where it is not known, contextLength: " + contextLength);
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency must be at least 1, concurrency: " + concurrency);
        }
    }

    /** The name in the model's options, a context of unknown length, 4 requests at a time, streamed. */
    public static SpringAiOptions defaults() {
        return new SpringAiOptions("", 0, 4, true);
    }

    /** These options with another name. */
    public SpringAiOptions withName(String name) {
        return new SpringAiOptions(name, contextLength, concurrency, streaming);
    }

    /** These options with the length of the context. */
    public SpringAiOptions withContextLength(int contextLength) {
        return new SpringAiOptions(name, contextLength, concurrency, streaming);
    }

    /** These options with another number of requests at a time. */
    public SpringAiOptions withConcurrency(int concurrency) {
        return new SpringAiOptions(name, contextLength, concurrency, streaming);
    }

    /** These options with answers that are streamed, or whole. */
    public SpringAiOptions withStreaming(boolean streaming) {
        return new SpringAiOptions(name, contextLength, concurrency, streaming);
    }
}
