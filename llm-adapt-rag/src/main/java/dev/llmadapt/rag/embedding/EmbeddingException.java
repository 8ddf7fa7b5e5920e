package dev.llmadapt.rag.embedding;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A model that embeds or reranks cannot be loaded or run. */
public final class EmbeddingException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble, with its cause where there is one. */
    public EmbeddingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
