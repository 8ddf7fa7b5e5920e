package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.llmadapt.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that break the protocol, byte by byte: a download ends well or with an error, and never hangs or fills
 * memory.
 */
final class HostileServerTest {
    private static final byte[] BODY = LocalServer.bytes(50_000, 8);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private ServerSocket listener;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Conversation conversation = (request, out) -> {};

    /** What is sent on a connection after the request's head has come. */
    private interface Conversation {
        void talk(String request, OutputStream out) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "hostile server");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                String request = head(socket.getInputStream());
                requests.add(request);
                conversation.talk(request, socket.getOutputStream());
            } catch (IOException e) {
                // the client hung up, or the test is over
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private Content fetch(Content expected) {
        Http http = LocalServer.http(LocalServer.environment(folder));
        URI uri = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/file");
        return assertTimeoutPreemptively(PATIENCE, () -> {
            try {
                return Download.fetch(
                        http, new Http.Get(uri, Map.of(), ""), part(), expected, Progress.NONE, "download");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Path part() {
        return folder.resolve("part");
    }

    private static Content whole() {
        return new Content(LocalServer.sha256(BODY), BODY.length);
    }

    @Test
    void fetch_moreThanItsLength_endsThere() throws IOException {
        conversation = (request, out) -> {
            say(out, "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length + "\r\n\r\n");
            out.write(BODY);
            out.write(BODY);
        };

        assertThat(fetch(whole())).isEqualTo(whole());
        assertThat(part()).hasBinaryContent(BODY);
    }

    @Test
    void fetch_lengthThatIsTooShort_isRefusedUnread() {
        conversation = (request, out) -> say(out, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n1234567");

        assertThatThrownBy(() -> fetch(whole())).hasMessageContaining("has 7 bytes, expected 50000 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 999999 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n12345",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\nabcd\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\b\u0000",
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 9-8/7\r\nContent-Length: 4\r\n\r\nabcd",
                "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\nabcd",
                "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: ://\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: \r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "",
            })
    void fetch_answerThatIsNone_isAnError(String answer) {
        conversation = (request, out) -> say(out, answer);

        assertThatThrownBy(() -> fetch(whole()))
                .isInstanceOf(UncheckedIOException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
        // Three attempts; where nothing at all is answered, the JDK's client asks twice of its own accord.
        assertThat(requests.size()).isLessThanOrEqualTo(6);
    }

    @Test
    void fetch_endlessHeaders_areLeft() {
        String line = "X-Header: " + "x".repeat(10_000) + "\r\n";
        conversation = (request, out) -> {
            say(out, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 20_000; i++) { // 200 MB
                say(out, "X" + i + line);
            }
        };

        assertThatThrownBy(() -> fetch(whole())).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void fetch_endlessBodyWithoutLength_endsBehindTheExpectedSize() throws IOException {
        conversation = (request, out) -> {
            say(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while (true) {
                out.write(BODY);
            }
        };

        assertThatThrownBy(() -> fetch(whole())).hasMessageContaining("it was deleted");
        assertThat(part()).doesNotExist();
    }

    @Test
    void fetch_slowStart_isWaitedFor() throws IOException {
        conversation = (request, out) -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250)); // the policy's patience is 700
            say(out, "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length + "\r\n\r\n");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
            out.write(BODY);
        };

        assertThat(fetch(whole())).isEqualTo(whole());
        assertThat(requests).hasSize(1);
    }

    @Test
    void fetch_neverBegins_isLeft() {
        conversation = (request, out) -> LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));

        assertThatThrownBy(() -> fetch(whole())).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void fetch_dropsAgainAndAgain_continuesEachTimeWithIfRange() throws IOException {
        conversation = (request, out) -> {
            int from = from(request);
            int to = Math.min(BODY.length, from + 20_000);
            say(
                    out,
                    (from == 0
                                    ? "HTTP/1.1 200 OK\r\n"
                                    : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + from + "-"
                                            + (BODY.length - 1) + "/" + BODY.length + "\r\n")
                            + "ETag: \"one\"\r\nContent-Length: " + (BODY.length - from) + "\r\n\r\n");
            out.write(BODY, from, to - from);
        };

        assertThat(fetch(whole())).isEqualTo(whole());
        assertThat(requests).hasSize(3);
        assertThat(requests.get(1)).contains("Range: bytes=20000-").contains("If-Range: \"one\"");
        assertThat(requests.get(2)).contains("Range: bytes=40000-").contains("If-Range: \"one\"");
    }

    @Test
    void fetch_anotherEtagOnEachAttempt_neverMixesTheHalves() throws IOException {
        byte[] other = LocalServer.bytes(BODY.length, 9);
        conversation = (request, out) -> {
            int from = from(request);
            byte[] now = requests.size() == 1 ? other : BODY;
            // Ignores If-Range, as a careless cache does.
            say(
                    out,
                    (from == 0
                                    ? "HTTP/1.1 200 OK\r\n"
                                    : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + from + "-"
                                            + (BODY.length - 1) + "/" + BODY.length + "\r\n")
                            + "ETag: \"" + Arrays.hashCode(now) + "\"\r\nContent-Length: " + (BODY.length - from)
                            + "\r\n\r\n");
            out.write(now, from, requests.size() == 1 ? 20_000 : BODY.length - from);
        };

        assertThat(fetch(whole())).isEqualTo(whole());
        assertThat(part()).hasBinaryContent(BODY);
        assertThat(Files.size(part())).isEqualTo(BODY.length);
    }

    private static int from(String request) {
        int at = request.indexOf("Range: bytes=");
        return at < 0
                ? 0
                : Integer.parseInt(request.substring(at + "Range: bytes=".length(), request.indexOf('-', at + 13)));
    }
}
