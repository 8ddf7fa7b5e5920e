package dev.llmadapt.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OverloadedException;
import java.util.function.Supplier;

/** Exceptions of this library as LangChain4j's, by which its callers decide whether to ask again. */
final class Failures {
    private Failures() {}

    /** What a supplier gives, or its exception as LangChain4j's. */
    static <T> T mapped(Supplier<T> supplier) {
        try {
            return supplier.get();
        } catch (RuntimeException e) {
            throw of(e);
        }
    }

    /** The exception of LangChain4j that says the same; others, such as that of a closed model, stay as they are. */
    static RuntimeException of(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof LangChain4jException) {
            return failure;
        } else if (failure instanceof OverloadedException) {
            return new RateLimitException(message, failure);
        } else if (failure instanceof LlmAdaptException) {
            return new InternalServerException(message, failure);
        } else if (failure instanceof IllegalArgumentException) {
            return new InvalidRequestException(message, failure);
        } else if (failure instanceof UnsupportedOperationException) {
            UnsupportedFeatureException unsupported = new UnsupportedFeatureException(message);
            unsupported.initCause(failure);
            return unsupported;
        }
        return failure;
    }
}
