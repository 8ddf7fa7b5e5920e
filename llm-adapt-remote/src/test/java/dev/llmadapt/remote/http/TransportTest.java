package dev.llmadapt.remote.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.llmadapt.remote.ManualWaiting;
import dev.llmadapt.remote.ScriptedServer;
import dev.llmadapt.remote.ScriptedServer.Reply;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TransportTest {
    private static final Reply BUSY = Reply.json(503, "{}");
    private static final Reply OK = Reply.json(200, "{\"a\": 1}");

    private final ScriptedServer server = new ScriptedServer();
    private final ManualWaiting waiting = new ManualWaiting();

    @AfterEach
    void stop() {
        Thread.interrupted();
        server.close();
    }

    @Test
    void ask_passingErrors_areTriedAgainWithGrowingWaits() throws Exception {
        server.next("/x", BUSY, Reply.json(429, "{}", "Retry-After", "3"), OK);

        assertThat(transport(2, 4, 0).ask(get())).isEqualTo("{\"a\": 1}");
        assertThat(server.asked()).hasSize(3);
        assertThat(waiting.slept()).containsExactly(Duration.ofNanos(437_500_000), Duration.ofSeconds(3));
    }

    @Test
    void ask_errorsThatStay_endAfterTheRetries() {
        server.always("/x", Reply.json(500, "{\"error\": \"oh\"}", "x-request-id", "r-7"));

        HttpFailure failure =
                catchThrowableOfType(HttpFailure.class, () -> transport(2, 4, 0).ask(get()));

        assertThat(failure.status()).isEqualTo(500);
        assertThat(failure.body()).contains("oh");
        assertThat(failure.requestId()).isEqualTo("r-7");
        assertThat(failure.getMessage()).contains("GET", "500", "tried 3 times");
        assertThat(server.asked()).hasSize(3);
    }

    @Test
    void ask_otherErrors_areNotTriedAgain() {
        server.always("/x", Reply.json(400, "{}"));

        assertThatThrownBy(() -> transport(2, 4, 0).ask(get())).isInstanceOf(HttpFailure.class);
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void ask_aLongWaitAskedFor_isNotWaitedFor() {
        server.always("/x", Reply.json(429, "{}", "Retry-After", "3600"));

        assertThatThrownBy(() -> transport(2, 4, 0).ask(get())).isInstanceOf(HttpFailure.class);
        assertThat(waiting.slept()).isEmpty();
    }

    @Test
    void ask_nobodyThere_isTriedAgain() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Transport.Call call = new Transport.Call("GET", URI.create("http://127.0.0.1:" + port + "/x"), null);

        HttpFailure failure =
                catchThrowableOfType(HttpFailure.class, () -> transport(1, 4, 0).ask(call));

        assertThat(failure.status()).isZero();
        assertThat(failure.getMessage()).contains("ConnectException", "tried 2 times");
        assertThat(waiting.slept()).hasSize(1);
    }

    @Test
    void ask_bodyCutOff_isTriedAgain() throws Exception {
        server.next("/x", Reply.cutOff("application/json", "{\"a\""), OK);

        assertThat(transport(2, 4, 0).ask(get())).isEqualTo("{\"a\": 1}");
    }

    @Test
    void ask_answerTooLate_isAnErrorAndNotTriedAgain() {
        CountDownLatch never = new CountDownLatch(1);
        server.always("/x", (exchange, asked) -> awaitQuietly(never));
        Transport transport = new Transport(
                new Transport.Settings(Duration.ofSeconds(5), Duration.ofMillis(200), 2, 4, 0),
                Optional.empty(),
                waiting);

        assertThatThrownBy(() -> transport.ask(get()))
                .isInstanceOf(HttpFailure.class)
                .hasMessageContaining("no answer within PT0.2S");
        assertThat(server.asked()).hasSize(1);
        never.countDown();
    }

    @Test
    void ask_interruptedWhileItWaitsToTryAgain_stops() {
        server.always("/x", BUSY);
        Thread.currentThread().interrupt();
        Transport transport = new Transport(
                new Transport.Settings(Duration.ofSeconds(5), Duration.ofSeconds(5), 2, 4, 0),
                Optional.empty(),
                Waiting.SYSTEM);

        assertThatThrownBy(() -> transport.ask(get())).isInstanceOf(InterruptedException.class);
    }

    @Test
    void open_closedBeforeTheEnd_tellsTheServerAndFreesThePermit() throws Exception {
        CountDownLatch gone = new CountDownLatch(2);
        server.always("/x", (exchange, asked) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write("data: more\n\n".getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    sleep(5);
                }
            } catch (IOException e) {
                gone.countDown();
                exchange.close();
            }
        });
        Transport transport = transport(0, 1, 0);
        for (int i = 0; i < 2; i++) {
            try (Answer answer = transport.open(get())) {
                assertThat(answer.nextEvent()).isEqualTo("more");
            }
        }

        assertThat(gone.await(20, TimeUnit.SECONDS)).as("the server is told").isTrue();
    }

    @Test
    void open_brokenBeforeTheFirstEvent_isTriedAgain() throws Exception {
        server.next("/x", Reply.cutOff("text/event-stream", "data: o"), Reply.events("data: one\n\n"));
        try (Answer answer = transport(2, 1, 0).open(get())) {
            assertThat(answer.nextEvent()).isEqualTo("one");
        }
    }

    @Test
    void ask_manyAtOnce_neverMoreThanTheLimit() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        server.always("/x", (exchange, asked) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            sleep(10);
            now.decrementAndGet();
            OK.to(exchange, asked);
        });
        Transport transport = transport(0, 3, 0);
        ExecutorService threads = Executors.newFixedThreadPool(12);
        List<Future<String>> answers = new ArrayList<>();
        IntStream.range(0, 24).forEach(i -> answers.add(threads.submit(() -> transport.ask(get()))));
        for (Future<String> answer : answers) {
            answer.get(30, TimeUnit.SECONDS);
        }
        threads.shutdownNow();

        assertThat(most.get()).isEqualTo(3);
    }

    @Test
    void ask_aLimitAMinute_spacesRequests() throws Exception {
        server.always("/x", OK);
        Transport transport = transport(0, 4, 30);
        for (int i = 0; i < 3; i++) {
            transport.ask(get());
        }

        assertThat(waiting.slept()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    @Test
    void ask_redirect_isNotFollowed() {
        server.always("/x", Reply.json(307, "{}", "Location", server.root() + "/y"));

        HttpFailure failure =
                catchThrowableOfType(HttpFailure.class, () -> transport(2, 4, 0).ask(get()));

        assertThat(failure.status()).isEqualTo(307);
        assertThat(server.asked("/y")).isEmpty();
    }

    @Test
    void call_toString_leavesTheBodyOut() {
        assertThat(new Transport.Call("POST", URI.create("http://h/v1"), "what I wrote").toString())
                .isEqualTo("POST http://h/v1");
    }

    private Transport transport(int retries, int concurrency, double perMinute) {
        return new Transport(
                new Transport.Settings(Duration.ofSeconds(5), Duration.ofSeconds(30), retries, concurrency, perMinute),
                Optional.of("Bearer k"),
                waiting);
    }

    private Transport.Call get() {
        return new Transport.Call("GET", URI.create(server.root() + "/x"), null);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
