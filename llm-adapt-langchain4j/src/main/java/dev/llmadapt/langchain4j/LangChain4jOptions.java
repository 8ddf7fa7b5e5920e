package dev.llmadapt.langchain4j;

import java.util.Objects;

/**
 * Options of a model of LangChain4j that this library asks.
 *
 * @param name the model's name in reports; empty for the {@code modelName} of its default parameters, or else the name
 *     of its class
 * @param contextLength the most tokens of prompt and answer together; 0 where it is not known
 * @param concurrency the most requests of a batch at a time, at least 1
 */
public record LangChain4jOptions(String name, int contextLength, int concurrency) {
    /** Checks the components. */
    public LangChain4jOptions {
        Objects.requireNonNull(name, "name must not be null, empty for that of the default parameters");
        if (contextLength < 0) {
            throw new IllegalArgumentException(
                    "contextLength must be positive, or 0 where it is not known, contextLength: " + contextLength);
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency must be at least 1, concurrency: " + concurrency);
        }
    }

    /** The name of the default parameters, a context of unknown length, 4 requests at a time. */
    public static LangChain4jOptions defaults() {
        return new LangChain4jOptions("", 0, 4);
    }

    /** These options with another name. */
    public LangChain4jOptions withName(String name) {
        return new LangChain4jOptions(name, contextLength, concurrency);
    }

    /** These options with the length of the context. */
    public LangChain4jOptions withContextLength(int contextLength) {
        return new LangChain4jOptions(name, contextLength, concurrency);
    }

    /** These options with another number of requests at a time. */
    public LangChain4jOptions withConcurrency(int concurrency) {
        return new LangChain4jOptions(name, contextLength, concurrency);
    }
}
