package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A client of a server in a test, over a socket. */
final class ServerClient {
    private final HttpClient http;
    private final URI uri;
    private final String key;

    ServerClient(ModelServer server) {
        this(server, "");
    }

    ServerClient(ModelServer server, String key) {
        this(server, key, builder());
    }

    /** A client of HTTPS that trusts what a context trusts. */
    ServerClient(ModelServer server, SSLContext trusting) {
        this(server, "", builder().sslContext(trusting));
    }

    private ServerClient(ModelServer server, String key, HttpClient.Builder http) {
        this.http = http.build();
        this.uri = server.uri();
        this.key = key;
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            if (!key.isEmpty()) {
                request.header("Authorization", "Bearer " + key);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> send(String method, String path, String type, String body) {
        return send(HttpRequest.newBuilder(uri.resolve(path))
                .header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(String path, String json) {
        return send("POST", path, "application/json", json);
    }

    HttpResponse<String> fetch(String path) {
        return send(HttpRequest.newBuilder(uri.resolve(path)));
    }

    /** A response of status 200. */
    JsonObject get(String path) {
        HttpResponse<String> response = fetch(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return object(response.body());
    }

    /** A response of status 200. */
    JsonObject post(String path, String json) {
        HttpResponse<String> response = send(path, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        return object(response.body());
    }

    /** The error of a refused request. */
    JsonObject refused(int status, String path, String json) {
        HttpResponse<String> response = send(path, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return error(response);
    }

    static JsonObject error(HttpResponse<String> response) {
        JsonObject error = object(response.body()).getAsJsonObject("error");
        assertThat(error.keySet()).containsExactly("message", "type", "param", "code");
        return error;
    }

    /** The events of a stream, which ends as a whole one. */
    List<JsonObject> stream(String path, String json) {
        HttpResponse<String> response = send(path, json);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        return events(response.body());
    }

    static List<JsonObject> events(String body) {
        assertThat(body).endsWith("\n\ndata: [DONE]\n\n");
        List<JsonObject> events = new ArrayList<>();
        for (String event : body.split("\n\n", -1)) {
            if (event.isEmpty()) {
                continue; // after the last one
            }
            assertThat(event).startsWith("data: ").doesNotContain("\n");
            if (!event.equals("data: [DONE]")) {
                events.add(object(event.substring("data: ".length())));
            }
        }
        return events;
    }

    static JsonObject object(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    static JsonObject choice(JsonObject response, int index) {
        JsonArray choices = response.getAsJsonArray("choices");
        return choices.get(index).getAsJsonObject();
    }

    static String content(JsonObject response, int index) {
        return choice(response, index).getAsJsonObject("message").get("content").getAsString();
    }
}
