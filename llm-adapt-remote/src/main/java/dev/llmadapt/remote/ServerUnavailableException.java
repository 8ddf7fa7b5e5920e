package dev.llmadapt.remote;

import dev.llmadapt.UnavailableException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A server that cannot be asked: nobody answers at its address or in time, the connection broke, it does not know the
 * key, or it says that it cannot answer now. The message has what the server said, but neither the key nor what was
 * asked.
 */
public final class ServerUnavailableException extends UnavailableException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    ServerUnavailableException(String message, int status, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The HTTP status; 0 where there was no answer. */
    public int status() {
        return status;
    }
}
