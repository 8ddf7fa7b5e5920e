package dev.llmadapt.rag.documents;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A source of documents cannot be read. */
public final class DocumentException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Trouble, with its cause where there is one. */
    public DocumentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
