package dev.llmadapt.rag.embedding;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An exception of an embedder or reranker that cannot be loaded or run. */
public final class EmbeddingException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message and its cause, if there is one. */
    public EmbeddingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
