package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.remote.http.HttpFailure;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Errors of a server as exceptions, in the server's words, without the key and what was asked. */
final class ServerError {
    private static final int SHORT = 8; // characters that may be part of any message
    private static final Pattern ECHO = Pattern.compile("['\"]input['\"]: .*", Pattern.DOTALL);

    private final ApiKey key;
    private final String model;

    ServerError(ApiKey key, String model) {
        this.key = key;
        this.model = model;
    }

    /**
     * The exception of an exchange that brought no answer: an {@link IllegalArgumentException} where the server cannot
     * do what was asked, a {@link RemoteException} otherwise.
     *
     * @param asked the texts of the request, which the message must not have
     */
    RuntimeException of(HttpFailure failure, String from, List<String> asked) {
        int status = failure.status();
        String id = failure.requestId().isEmpty() ? "" : ", request " + failure.requestId();
        if (status == 0) {
            return new RemoteException(
                    clean(String.valueOf(failure.getMessage()), asked) + next(status), 0, failure.getCause());
        }
        String said = clean(said(failure.body()), asked);
        String message = clean(String.valueOf(failure.getMessage()), asked) + (said.isEmpty() ? "" : ": " + said) + id;
        return switch (status) {
            case 400, 413, 422 -> new IllegalArgumentException(message);
            case 404 ->
                new IllegalArgumentException(message + "; is '" + from + "' a model or adapter that the server has, and"
                        + " does the base URL end as the server's does, such as in /v1?");
            default -> new RemoteException(message + next(status), status, null);
        };
    }

    /** The exception of an error in an answer that had begun. */
    RemoteException inAnswer(JsonElement error, List<String> asked) {
        JsonObject holder = new JsonObject();
        holder.add("error", error);
        return new RemoteException("the model '" + model + "' broke its answer off with an error: "
                + clean(said(holder.toString()), asked));
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
