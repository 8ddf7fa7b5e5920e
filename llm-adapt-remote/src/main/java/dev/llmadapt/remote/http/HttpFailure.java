package dev.llmadapt.remote.http;

import java.io.Serial;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** An exchange that brought no answer: nobody answered, or with an error, as often as it was tried. */
public final class HttpFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String body;
    private final String requestId;

    private HttpFailure(String message, int status, String body, String requestId, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.body = body;
        this.requestId = requestId;
    }

    /** Nobody answered, or the connection was lost. */
    static HttpFailure unanswered(String message, @Nullable Throwable cause) {
        return new HttpFailure(message, 0, "", "", cause);
    }

    /** A server answered with an error. */
    static HttpFailure refused(String message, int status, String body, HttpHeaders headers) {
        String id = headers.firstValue("x-request-id").orElse("");
        return new HttpFailure(message, status, body, id.matches("[!-~]{1,100}") ? id : "", null);
    }

    /** The HTTP status; 0 where there was no answer. */
    public int status() {
        return status;
    }

    /** What the server wrote with the error; empty where there was no answer. */
    public String body() {
        return body;
    }

    /** The server's own number of the request; empty where it gives none. */
    public String requestId() {
        return requestId;
    }

    /** What went wrong, in a few words: the kind of an exception, and its message or that of its cause. */
    static String reason(Throwable e) {
        String kind = e.getClass().getSimpleName();
        String message = e.getMessage();
        if (message != null && !message.isBlank()) {
            return kind + ", " + message;
        }
        return e.getCause() == null ? kind : kind + ", " + reason(e.getCause());
    }
}
