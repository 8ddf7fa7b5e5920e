package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Message;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.remote.http.HttpFailure;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Errors of a server as exceptions, in the server's words, without the key and what was asked. */
final class ServerError {
    private static final int SHORT = 8; // characters that may be part of any message
    private static final Pattern ECHO = Pattern.compile("['\"]input['\"]: .*", Pattern.DOTALL);

    private static final String UNTRUSTED = "; the JVM does not trust the server's certificate, such as one that signs"
            + " itself: import it into a store of keys ('keytool -importcert') and start the JVM with"
            + " -Djavax.net.ssl.trustStore=STORE";

    private final ApiKey key;
    private final String model;

    ServerError(ApiKey key, String model) {
        this.key = key;
        this.model = model;
    }

    /**
     * The exception of an exchange that brought no answer: an {@link IllegalArgumentException} where the server cannot
     * do what was asked, an {@link UnavailableException} where it answers no request now, a {@link RemoteException}
     * otherwise.
     *
     * @param asked the texts of the request, which the message must not have
     */
    RuntimeException of(HttpFailure failure, String from, List<String> asked) {
        int status = failure.status();
        String id = failure.requestId().isEmpty() ? "" : ", request " + failure.requestId();
        if (status == 0) {
            return new ServerUnavailableException(
                    clean(String.valueOf(failure.getMessage()), asked)
                            + (isUntrusted(failure) ? UNTRUSTED : next(status)),
                    0,
                    failure.getCause());
        }
        String said = clean(said(failure.body()), asked);
        String message = clean(String.valueOf(failure.getMessage()), asked) + (said.isEmpty() ? "" : ": " + said) + id;
        return switch (status) {
            case 400, 413, 422 -> new IllegalArgumentException(message);
            case 404 ->
                new IllegalArgumentException(message + "; is '" + from + "' a model or adapter that the server has, and"
                        + " does the base URL end as the server's does, such as in /v1?");
            case 429 -> new OverloadedException(message + next(status));
            case 401, 403, 407, 408, 502, 503, 504 ->
                new ServerUnavailableException(message + next(status), status, null);
            default ->
                status / 100 == 3
                        ? new ServerUnavailableException(message + next(status), status, null)
                        : new RemoteException(message + next(status), status, null);
        };
    }

    /** The exception of an error in an answer that had begun. */
    RemoteException inAnswer(JsonElement error, List<String> asked) {
        JsonObject holder = new JsonObject();
        holder.add("error", error);
        return new RemoteException("the model '" + model + "' broke its answer off with an error: "
                + clean(said(holder.toString()), asked));
    }

    private static boolean isUntrusted(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private static String next(int status) {
        return switch (status) {
            case 0 -> "; does the server run there? (RemoteOptions.withAnswerTimeout if it is only slow)";
            case 401 -> "; give a key that the server knows with RemoteOptions.withApiKey";
            case 403 -> "; the key does not allow it";
            case 429 -> "; ask more slowly (RemoteOptions.withRequestsPerMinute, withConcurrency), or see your quota";
            default ->
                status >= 300 && status < 400 ? "; redirects are not followed: name the address it leads to" : "";
        };
    }

    /** The texts of a request that an error must not show. */
    static List<String> texts(Request request) {
        List<String> texts = new ArrayList<>();
        for (Message message : request.messages()) {
            texts.add(message.content());
            message.content().lines().forEach(texts::add);
        }
        return texts;
    }

    private String clean(String text, List<String> asked) {
        String clean = ECHO.matcher(key.removedFrom(text)).replaceAll("...");
        for (String each : asked) {
            if (each.length() >= SHORT) {
                clean = clean.replace(each, "[asked]");
            }
        }
        return Json.shortened(clean);
    }

    /** The server's message, in the shapes that there are. */
    private static String said(String body) {
        JsonObject json;
        try {
            json = StrictJson.document(body);
        } catch (BrokenRecord e) {
            return body;
        }
        JsonElement error = json.get("error");
        if (error instanceof JsonPrimitive plain) {
            return plain.getAsString();
        }
        if (error instanceof JsonObject object) {
            String code = Json.text(object, "code");
            return Json.text(object, "message") + (code.isEmpty() ? "" : " (" + code + ")");
        }
        if (!Json.text(json, "message").isEmpty()) {
            return Json.text(json, "message");
        }
        if (!Json.text(json, "detail").isEmpty()) {
            return Json.text(json, "detail");
        }
        List<String> details = new ArrayList<>();
        for (JsonElement detail : Json.list(json, "detail")) { // FastAPI's, which also has what was sent
            List<String> place = new ArrayList<>();
            Json.list(detail, "loc").forEach(each -> place.add(each.getAsString()));
            details.add(String.join(".", place) + ": " + Json.text(detail, "msg"));
        }
        return String.join("; ", details);
    }
}
