package dev.llmadapt.remote;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a model's server at one request, such as an answer that cannot be read or does not keep what was asked
 * for. The message has what the server said, but neither the key nor what was asked. A server that answers no request
 * is a {@link ServerUnavailableException}.
 */
public final class RemoteException extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    RemoteException(String message, int status, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** A failure that is no error of HTTP, such as an answer that cannot be read. */
    RemoteException(String message) {
        this(message, 0, null);
    }

    /** The HTTP status; 0 where the answer could not be read. */
    public int status() {
        return status;
    }
}
