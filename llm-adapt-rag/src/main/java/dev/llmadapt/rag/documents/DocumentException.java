package dev.llmadapt.rag.documents;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An exception of a source of documents that cannot be read. */
public final class DocumentException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message and its cause, if there is one. */
    public DocumentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
