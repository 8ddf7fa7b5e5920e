package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.ToyModel;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Tls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with HTTPS. */
@Timeout(60)
class TlsTest {
    private static final String PATH = "/v1/chat/completions";

    @TempDir
    static Path folder;

    private static SSLContext trusting;
    private static ModelServer server;
    private static ServerClient client;

    @BeforeAll
    static void start() throws Exception {
        Path keystore = Certificates.keystore(folder, "EC");
        trusting = Certificates.trusting(keystore);
        Tls tls = Tls.ofPem(Certificates.certificate(keystore), Certificates.key(keystore));
        server = ModelServer.start(
                new ServedModels().add("tiny", new ToyModel()),
                Fixtures.options()
                        .withTls(tls)
                        .withLimits(Fixtures.options().limits().withRequestBytes(100_000)));
        client = new ServerClient(server, trusting);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static void answersStill() {
        assertThat(client.post(PATH, ASK + ",\"max_tokens\":2}").has("choices")).isTrue();
    }

    private static Socket plain() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    private static SSLSocket secure() throws IOException {
        SSLSocket socket =
                (SSLSocket) trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** What comes until the connection ends, however it does. */
    private static String untilEnd(Socket socket) {
        StringBuilder text = new StringBuilder();
        try {
            int next = socket.getInputStream().read();
            while (next >= 0) {
                text.append((char) next);
                next = socket.getInputStream().read();
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the connection stays open, after: " + text, e);
        } catch (IOException e) {
            // reset, or closed without TLS's own end
        }
        return text.toString();
    }

    @Test
    void server_answersByHttpsWholeAndInStreams() {
        assertThat(server.uri().getScheme()).isEqualTo("https");
        answersStill();
        List<?> events = client.stream(PATH, ASK + ",\"max_tokens\":6,\"stream\":true}");
        assertThat(events).hasSizeGreaterThan(2);
        assertThat(client.fetch("/health").statusCode()).isEqualTo(200);
        assertThat(client.refused(400, PATH, ASK + ",\"n\":0}").get("param").getAsString())
                .isEqualTo("n");
    }

    @Test
    void streams_comeTokenByToken() throws Exception {
        PausedModel paused = new PausedModel();
        Path keystore = Certificates.keystore(folder, "RSA");
        Tls tls = Tls.ofKeystore(keystore, Certificates.PASSWORD.toCharArray());
        ServerOptions options = Fixtures.options().withTls(tls);
        try (ModelServer own = ModelServer.start(new ServedModels().add("tiny", paused), options)) {
            try (Socket socket = Certificates.trusting(keystore)
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), own.port())) {
                String body = ASK + ",\"stream\":true,\"max_tokens\":1000}";
                send(
                        socket,
                        "POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
                paused.permits.release(1);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                String line = in.readLine();
                while (!line.contains("\"x\"")) {
                    line = in.readLine();
                }
                assertThat(paused.running.get()).as("the answer goes on").isEqualTo(1);
            } // the client goes away
            while (paused.ended.get() == 0) {
                paused.permits.release();
                Thread.sleep(20);
            }
        }
    }

    @Test
    void versions_beforeTls12_areRefused() throws Exception {
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            try (SSLSocket socket = secure()) {
                socket.setEnabledProtocols(new String[] {version});
                socket.startHandshake();
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
        }
        try (SSLSocket socket = secure()) {
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void clientThatDoesNotTrust_isNotAnswered() {
        HttpRequest request =
                HttpRequest.newBuilder(server.uri().resolve("/health")).build();
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
        answersStill();
    }

    @Test
    void plainHttp_endsWithoutHarm() throws IOException {
        try (Socket socket = plain()) {
            send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(untilEnd(socket)).doesNotContain("200");
        }
        answersStill();
    }

    @Test
    void garbage_endsWithoutHarm() throws IOException {
        String[] hellos = {
            "\u0016\u0003\u0001@\u0000" + "\u0001".repeat(0x4000), // a record of a handshake that is none
            "\u0016\u0003\u0001\u00ff\u00ff" + "x".repeat(70_000), // longer than a record may be
            "\u0017\u0003\u0003\u0000\u0005hello", // data before a handshake
            "\u0000".repeat(100)
        };
        for (String hello : hellos) {
            try (Socket socket = plain()) {
                send(socket, hello);
                untilEnd(socket);
            } catch (java.net.SocketException e) {
                // reset while it is still being sent
            }
        }
        answersStill();
    }

    @Test
    void requests_thatComeSlowly_areEndedAndHoldNobodyUp() throws Exception {
        try (Socket silent = plain();
                Socket hello = plain();
                SSLSocket headers = secure();
                SSLSocket body = secure()) {
            send(hello, "\u0016\u0003\u0001\u0002\u0000\u0001");
            send(headers, "GET /health HTTP/1.1\r\nHost: loc");
            send(
                    body,
                    "POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 1000\r\n\r\n{");
            answersStill();
            for (Socket each : List.of(hello, headers, body, silent)) {
                assertThat(untilEnd(each)).doesNotContain("200 OK");
            }
        }
        answersStill();
    }

    @Test
    void limits_holdAsOverPlainHttp() throws Exception {
        try (SSLSocket socket = secure()) {
            send(
                    socket,
                    "POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 100000000000\r\n\r\n{");
            assertThat(untilEnd(socket)).startsWith("HTTP/1.1 413");
        }
        try (SSLSocket socket = secure()) {
            send(socket, "GET /v1/models HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n");
            assertThat(untilEnd(socket)).startsWith("HTTP/1.1 403");
        }
        try (SSLSocket socket = secure()) {
            send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n");
            try {
                send(socket, "A: b\r\n".repeat(5000) + "\r\n");
            } catch (IOException e) {
                // ended while it is still being sent
            }
            assertThat(untilEnd(socket)).doesNotContain("200 OK");
        }
        answersStill();
    }

    @Test
    void smallResponses_onAKeptConnection_doNotWait() throws Exception {
        try (SSLSocket socket = secure()) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < 10; i++) {
                long start = System.nanoTime();
                send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                int length = 0;
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length: ")) {
                        length = Integer.parseInt(line.substring("content-length: ".length()));
                    }
                }
                assertThat(in.skip(length)).isEqualTo(length);
                fastest = i == 0 ? fastest : Math.min(fastest, System.nanoTime() - start);
            }
            assertThat(fastest / 1_000_000)
                    .as("40 ms is the wait for an acknowledgement, were small packets delayed")
                    .isLessThan(35);
        }
    }
}
