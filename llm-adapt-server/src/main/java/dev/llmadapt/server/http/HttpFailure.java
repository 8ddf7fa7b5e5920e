package dev.llmadapt.server.http;

import dev.llmadapt.JsonSchema;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A failure that the client is told, by a status and an error object in the form of OpenAI. */
public final class HttpFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final TreeMap<String, String> headers;

    private HttpFailure(
            int status, String message, @Nullable String param, @Nullable String code, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.type = type(status);
        this.param = param;
        this.code = code;
        this.headers = new TreeMap<>(headers);
    }

    /** A failure of a status, without the name of a parameter. */
    public static HttpFailure of(int status, String code, String message) {
        return new HttpFailure(status, message, null, code, Map.of());
    }

    /**
     * A parameter whose value cannot be taken: status 400.
     *
     * @param param its name, with the path to it where it is inside another one
     */
    public static HttpFailure invalid(@Nullable String param, String message) {
        return new HttpFailure(400, message, param, "invalid_value", Map.of());
    }

    /** A parameter that is known and not supported with its value: status 400. */
    public static HttpFailure unsupported(String param, String message) {
        return new HttpFailure(400, message, param, "unsupported_value", Map.of());
    }

    /** This failure about a parameter. */
    public HttpFailure withParam(@Nullable String param) {
        return new HttpFailure(status, message(), param, code, headers);
    }

    /** This failure with a header of its response. */
    public HttpFailure withHeader(String name, String value) {
        TreeMap<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new HttpFailure(status, message(), param, code, more);
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    /** The status. */
    public int status() {
        return status;
    }

    /** The message, never null. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** The headers of the response. */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /** The error object: {@code {"error": {"message", "type", "param", "code"}}}. */
    public String json() {
        return "{\"error\":{\"message\":" + JsonSchema.quoted(message()) + ",\"type\":" + JsonSchema.quoted(type)
                + ",\"param\":" + (param == null ? "null" : JsonSchema.quoted(param)) + ",\"code\":"
                + (code == null ? "null" : JsonSchema.quoted(code)) + "}}";
    }

    /** Responds with this failure. */
    public void respond(Exchange exchange) {
        headers.forEach(exchange::responseHeader);
        exchange.respond(status, "application/json", json().getBytes(StandardCharsets.UTF_8));
    }
}
