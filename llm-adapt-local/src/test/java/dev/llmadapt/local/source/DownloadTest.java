package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Progress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownloadTest {
    private static final byte[] BODY = LocalServer.bytes(300_000, 1);
    private static final Content KNOWN = new Content(LocalServer.sha256(BODY), BODY.length);

    @TempDir
    Path folder;

    private LocalServer server;
    private Path part;

    @BeforeEach
    void start() throws IOException {
        server = new LocalServer();
        part = folder.resolve("file.part");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Content fetch(String path, Content expected) throws IOException {
        return fetch(path, expected, "");
    }

    private Content fetch(String path, Content expected, String authorization) throws IOException {
        Http http = LocalServer.http(LocalServer.environment(folder));
        Http.Get get = new Http.Get(server.uri(path), Map.of(), authorization);
        return Download.fetch(http, get, part, expected, Progress.NONE, "download");
    }

    @Test
    void fetch_plainFile_arrivesHashed() throws IOException {
        server.file("/f", BODY);

        assertThat(fetch("/f", Content.UNKNOWN)).isEqualTo(KNOWN);
        assertThat(part).hasBinaryContent(BODY);
    }

    @Test
    void fetch_connectionCut_continuesBehindWhatArrived() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        server.at("/f", exchange -> {
            if (calls.getAndIncrement() == 0) {
                LocalServer.cut(exchange, BODY, 120_000);
            } else {
                LocalServer.ranged(exchange, BODY);
            }
        });

        assertThat(fetch("/f", Content.UNKNOWN)).isEqualTo(KNOWN);
        assertThat(part).hasBinaryContent(BODY);
        assertThat(server.seen).hasSize(2);
        assertThat(server.seen.get(1).range()).startsWith("bytes=").isNotEqualTo("bytes=0-");
    }

    @Test
    void fetch_partOfAnEarlierProcess_isContinued() throws IOException {
        Files.write(part, Arrays.copyOf(BODY, 100_000));
        server.file("/f", BODY);

        assertThat(fetch("/f", KNOWN)).isEqualTo(KNOWN);
        assertThat(part).hasBinaryContent(BODY);
        assertThat(server.seen.get(0).range()).isEqualTo("bytes=100000-");
    }

    @Test
    void fetch_wholeFileLeftByAnEarlierProcess_isCheckedNotFetched() throws IOException {
        Files.write(part, BODY);

        assertThat(fetch("/f", KNOWN)).isEqualTo(KNOWN);
        assertThat(server.seen).isEmpty();
    }

    @Test
    void fetch_partOfSomethingElse_startsAgain() throws IOException {
        Files.write(part, LocalServer.bytes(100_000, 2));
        server.file("/f", BODY);

        assertThat(fetch("/f", new Content(KNOWN.sha256(), -1))).isEqualTo(KNOWN);
        assertThat(part).hasBinaryContent(BODY);
    }

    @Test
    void fetch_partWithoutKnownHash_isNotTrusted() throws IOException {
        Files.write(part, LocalServer.bytes(100_000, 2));
        server.file("/f", BODY);

        assertThat(fetch("/f", Content.UNKNOWN)).isEqualTo(KNOWN);
        assertThat(server.seen.get(0).range()).isNull();
    }

    @Test
    void fetch_serverWithoutRanges_startsAgain() throws IOException {
        Files.write(part, Arrays.copyOf(BODY, 100_000));
        server.at("/f", exchange -> LocalServer.send(exchange, 200, BODY));

        assertThat(fetch("/f", KNOWN)).isEqualTo(KNOWN);
        assertThat(part).hasBinaryContent(BODY);
    }

    @Test
    void fetch_fileChangedBetweenHalves_startsAgain() throws IOException {
        byte[] other = LocalServer.bytes(BODY.length, 3);
        AtomicInteger calls = new AtomicInteger();
        server.at("/f", exchange -> {
            if (calls.getAndIncrement() == 0) {
                LocalServer.cut(exchange, other, 120_000);
            } else {
                LocalServer.ranged(exchange, BODY);
            }
        });

        assertThat(fetch("/f", Content.UNKNOWN)).isEqualTo(KNOWN);
        assertThat(part).hasBinaryContent(BODY);
    }

    @Test
    void fetch_wrongHash_isRefusedAndDeleted() {
        server.file("/f", LocalServer.bytes(BODY.length, 4));

        assertThatThrownBy(() -> fetch("/f", KNOWN))
                .isInstanceOf(Http.FinalException.class)
                .hasMessageContaining("expected 300000 bytes, sha256 " + KNOWN.sha256());
        assertThat(part).doesNotExist();
    }

    @Test
    void fetch_otherSizeThanExpected_isRefusedBeforeReading() {
        server.file("/f", LocalServer.bytes(BODY.length + 1, 4));

        assertThatThrownBy(() -> fetch("/f", KNOWN)).hasMessageContaining("has 300001 bytes, expected 300000 bytes");
        assertThat(server.seen).hasSize(1);
    }

    @Test
    void fetch_endlessBody_endsAtTheExpectedSize() {
        server.at("/f", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                while (true) {
                    out.write(BODY);
                }
            }
        });

        assertThatThrownBy(() -> fetch("/f", KNOWN)).isInstanceOf(Http.FinalException.class);
        assertThat(part).doesNotExist();
    }

    @Test
    void fetch_alwaysCut_failsAfterTheAttempts() {
        server.at("/f", exchange -> LocalServer.cut(exchange, BODY, 0));

        assertThatThrownBy(() -> fetch("/f", KNOWN)).isInstanceOf(IOException.class);
        assertThat(server.seen).hasSize(3);
    }

    @Test
    void fetch_notThere_isNotTriedAgain() {
        assertThatThrownBy(() -> fetch("/missing", KNOWN)).hasMessageContaining("/missing answered 404 (not there)");
        assertThat(server.seen).hasSize(1);
    }

    @Test
    void fetch_serverErrorThenFine_isTriedAgain() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        server.at("/f", exchange -> {
            if (calls.getAndIncrement() == 0) {
                LocalServer.send(exchange, 500, new byte[0]);
            } else {
                LocalServer.send(exchange, 200, BODY);
            }
        });

        assertThat(fetch("/f", KNOWN)).isEqualTo(KNOWN);
    }

    @Test
    void fetch_silentServer_isLeft() {
        CountDownLatch end = new CountDownLatch(1);
        server.at("/f", exchange -> {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY, 0, 1000);
            exchange.getResponseBody().flush();
            await(end);
        });

        assertThatThrownBy(() -> fetch("/f", KNOWN)).hasMessageContaining("sent nothing");
        end.countDown();
    }

    @Test
    void fetch_interrupted_endsAndKeepsItsPart() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        server.at("/f", exchange -> {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY, 0, 100_000);
            exchange.getResponseBody().flush();
            half.countDown();
            await(end);
        });
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> status = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                fetch("/f", KNOWN);
            } catch (Throwable e) {
                thrown.set(e);
            }
            status.set(Thread.currentThread().isInterrupted());
        });
        thread.start();
        half.await();
        thread.interrupt();
        thread.join();
        end.countDown();

        assertThat(thrown.get()).isInstanceOf(ClosedByInterruptException.class);
        assertThat(status.get()).isTrue();
    }

    @Test
    void fetch_redirectToAnotherOrigin_leavesTheCredentialsBehind() throws IOException {
        try (LocalServer other = new LocalServer()) {
            other.file("/cdn", BODY);
            server.at(
                    "/f",
                    exchange -> LocalServer.redirect(exchange, other.uri("/cdn").toString() + "?signature=secret"));

            assertThat(fetch("/f", KNOWN, "Bearer token")).isEqualTo(KNOWN);
            assertThat(server.seen.get(0).authorization()).isEqualTo("Bearer token");
            assertThat(other.seen.get(0).authorization()).isNull();
        }
    }

    @Test
    void fetch_redirectAwayAndBack_doesNotBringTheCredentialsBack() throws IOException {
        try (LocalServer other = new LocalServer()) {
            server.file("/end", BODY);
            other.at(
                    "/bounce",
                    exchange ->
                            LocalServer.redirect(exchange, server.uri("/end").toString()));
            server.at(
                    "/f",
                    exchange ->
                            LocalServer.redirect(exchange, other.uri("/bounce").toString()));

            assertThat(fetch("/f", KNOWN, "Bearer token")).isEqualTo(KNOWN);
            assertThat(server.seen.get(1).authorization()).isNull();
        }
    }

    @Test
    void fetch_redirectWithinTheOrigin_keepsTheCredentials() throws IOException {
        server.file("/end", BODY);
        server.at("/f", exchange -> LocalServer.redirect(exchange, "/end"));

        assertThat(fetch("/f", KNOWN, "Bearer token")).isEqualTo(KNOWN);
        assertThat(server.seen.get(1).authorization()).isEqualTo("Bearer token");
    }

    @Test
    void fetch_redirectLoop_ends() {
        server.at("/f", exchange -> LocalServer.redirect(exchange, "/f"));

        assertThatThrownBy(() -> fetch("/f", KNOWN)).hasMessageContaining("redirected more than 10 times");
    }

    @Test
    void fetch_redirectToAFile_isRefused() {
        server.at("/f", exchange -> LocalServer.redirect(exchange, "file:///etc/passwd"));

        assertThatThrownBy(() -> fetch("/f", KNOWN)).hasMessageContaining("expected an http or https address");
    }

    @Test
    void fetch_error_showsNoQuery() {
        server.at("/f", exchange -> LocalServer.redirect(exchange, "/gone?signature=secret"));

        assertThatThrownBy(() -> fetch("/f", KNOWN))
                .hasMessageContaining("/gone")
                .hasMessageNotContaining("secret");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
