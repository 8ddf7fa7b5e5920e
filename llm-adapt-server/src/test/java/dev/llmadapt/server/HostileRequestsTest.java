package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.llmadapt.ToyModel;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.ApiKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are wrong below what they ask for. */
@Timeout(60)
class HostileRequestsTest {
    private static final String PATH = "/v1/chat/completions";

    private static ModelServer server;
    private static ServerClient client;

    @BeforeAll
    static void start() {
        server = ModelServer.start(
                new ServedModels().add("tiny", new ToyModel()),
                Fixtures.options().withLimits(Fixtures.options().limits().withRequestBytes(100_000)));
        client = new ServerClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void answersStill() {
        assertThat(client.post(PATH, ASK + ",\"max_tokens\":2}").has("choices")).isTrue();
    }

    /** What the server sends until it closes the connection. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "5",
                "nothing",
                "{\"model\":\"tiny\"} {}",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\"",
                "{\"a\":\"\u0001\"}"
            })
    void bodyThatIsNoJson_isRefused(String body) {
        JsonObject error = client.refused(400, PATH, body);
        assertThat(error.get("message").getAsString()).contains("JSON object");
    }

    @Test
    void nesting_isBounded() {
        String deep = "[".repeat(40_000) + "]".repeat(40_000);
        client.refused(400, PATH, ASK + ",\"x\":" + deep + "}");
        client.refused(400, PATH, deep);
        client.refused(
                400,
                PATH,
                ASK + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":"
                        + "{\"a\":".repeat(60) + "1" + "}".repeat(60) + "}}]}");
        answersStill();
    }

    @Test
    void numbers_areBounded() {
        client.refused(400, PATH, ASK + ",\"seed\":" + "9".repeat(50_000) + "}");
        client.refused(400, PATH, ASK + ",\"seed\":1e2147483647}");
        client.refused(400, PATH, ASK + ",\"top_k\":1e-2147483647}");
        answersStill();
    }

    @Test
    void text_thatIsNoUnicode_isRefused() throws IOException {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"\u00ff\"}]}";
        assertThat(raw("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body))
                .startsWith("HTTP/1.1 400")
                .contains("UTF-8");
    }

    @Test
    void routesAndMethods_thatAreNotThere() {
        JsonObject missing = client.refused(404, "/v1/nothing", "{}");
        assertThat(missing.get("message").getAsString()).contains("POST /v1/chat/completions");
        HttpResponse<String> method = client.fetch(PATH);
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("allow")).hasValue("POST");
        assertThat(ServerClient.error(method).get("code").getAsString()).isEqualTo("method_not_allowed");
        HttpResponse<String> head = client.send("HEAD", "/health", "application/json", "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-length"))
                .hasValue(String.valueOf(client.fetch("/health").body().length()));
        assertThat(client.send("HEAD", PATH, "application/json", "").statusCode())
                .isEqualTo(405);
        for (String path : List.of("/v1/models/", "/v1/models/%2e%2e/x", "/v1/models/../../etc/passwd", "/v1/")) {
            assertThat(client.fetch(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void contentType_otherThanJson_isRefused() {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x")) {
            HttpResponse<String> response = client.send("POST", PATH, type, ASK + "}");
            assertThat(response.statusCode()).isEqualTo(415);
            assertThat(ServerClient.error(response).get("message").getAsString())
                    .contains(type);
        }
        assertThat(client.send("POST", PATH, "application/json; charset=utf-8", ASK + ",\"max_tokens\":1}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void body_thatIsTooLarge_isRefusedUnread() throws IOException {
        assertThat(raw("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000000000\r\n\r\n{"))
                .startsWith("HTTP/1.1 413")
                .contains("at most 100000 bytes");
        String chunk = "2710\r\n" + " ".repeat(10_000) + "\r\n";
        assertThat(raw("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(11) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        answersStill();
    }

    @Test
    void headers_thatAreTooMany_endTheConnection() throws IOException {
        String many = "A: b\r\n".repeat(5000);
        assertThat(quietly("GET /health HTTP/1.1\r\nHost: localhost\r\n" + many + "\r\n"))
                .doesNotContain("200 OK");
        String large = "A: " + "b".repeat(1 << 20) + "\r\n";
        assertThat(quietly("GET /health HTTP/1.1\r\nHost: localhost\r\n" + large + "\r\n"))
                .doesNotContain("200 OK");
        answersStill();
    }

    private static String quietly(String request) {
        try {
            return raw(request);
        } catch (IOException e) { // reset while it is still being sent
            return "";
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n",
                "x\r\n\r\n",
                "GET\r\n\r\n",
                "GET /nowhere HTTP/9.9\r\n\r\n",
                "GET ht!tp://[ HTTP/1.1\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: x\r\n\r\n"
            })
    void request_thatIsNoHttp_endsTheConnection(String request) {
        assertThat(quietly(request)).doesNotContain("200 OK");
        answersStill();
    }

    @Test
    void requests_thatComeSlowly_areEndedAndHoldNobodyUp() throws Exception {
        try (Socket headers = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket body = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            headers.getOutputStream().write("GET /health HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.US_ASCII));
            body.getOutputStream()
                    .write(("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 1000\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));
            answersStill();
            for (Socket each : List.of(headers, body)) {
                each.setSoTimeout(15_000);
                try {
                    assertThat(each.getInputStream().read()).isEqualTo(-1);
                } catch (java.net.SocketException e) {
                    assertThat(e).hasMessageContaining("reset");
                }
            }
        }
        answersStill();
    }

    @Test
    void host_ofAnotherName_isRefusedWithoutKeys() throws IOException {
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("forbidden_host");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: LOCALHOST:80\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void keys_areNeeded() {
        ServerOptions options = Fixtures.options().withKeys(ApiKeys.of(List.of("secret-key-1", "secret-key-2")));
        try (ModelServer own = ModelServer.start(new ServedModels().add("tiny", new ToyModel()), options)) {
            HttpResponse<String> none = new ServerClient(own).fetch("/v1/models");
            assertThat(none.statusCode()).isEqualTo(401);
            assertThat(none.headers().firstValue("www-authenticate")).hasValue("Bearer");
            assertThat(ServerClient.error(none).get("code").getAsString()).isEqualTo("invalid_api_key");
            assertThat(new ServerClient(own, "secret-key-3").fetch("/v1/models").statusCode())
                    .isEqualTo(401);
            assertThat(new ServerClient(own).fetch("/metrics").statusCode()).isEqualTo(401);
            assertThat(new ServerClient(own).fetch("/health").statusCode()).isEqualTo(200);
            for (String key : List.of("secret-key-1", "secret-key-2")) {
                assertThat(new ServerClient(own, key).fetch("/v1/models").statusCode())
                        .isEqualTo(200);
            }
            assertThat(options.toString()).doesNotContain("secret");
        }
    }

    @Test
    void address_ofOtherMachines_needsKeysOrAWord() {
        ServedModels models = new ServedModels().add("tiny", new ToyModel());
        ServerOptions open = Fixtures.options().withHost("0.0.0.0");
        assertThatThrownBy(() -> ModelServer.start(models, open))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.0.0.0");
        ModelServer.start(models, open.withoutKeys(true)).close();
        ModelServer.start(models, open.withKeys(ApiKeys.of(List.of("secret-key-1"))))
                .close();
        try (ModelServer taken = ModelServer.start(models, Fixtures.options())) {
            assertThatThrownBy(
                            () -> ModelServer.start(models, Fixtures.options().withPort(taken.port())))
                    .hasMessageContaining("cannot listen")
                    .hasMessageContaining("" + taken.port());
        }
    }
}
