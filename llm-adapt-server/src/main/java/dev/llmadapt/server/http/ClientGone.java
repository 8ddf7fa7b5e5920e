package dev.llmadapt.server.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The end of a connection before the end of its exchange. */
public final class ClientGone extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A connection that ended. */
    public ClientGone(@Nullable Throwable cause) {
        super("the client has gone", cause, false, false);
    }
}
