package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import dev.llmadapt.remote.ServerUnavailableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is killed (SIGKILL) while it answers: its clients are told, and the next one at its port answers. */
@Timeout(120)
class ServerKillTest {
    private static final Request LONG = Request.of("where is my card?")
            .withOptions(GenerationOptions.defaults().withMaxTokens(400));
    private static final Request SHORT = LONG.withOptions(LONG.options().withMaxTokens(12));

    @SuppressWarnings("NullAway.Init") // every test starts one first
    private Process process;

    private int port;

    @AfterEach
    void stop() throws InterruptedException {
        kill();
    }

    private void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        ServerVictim.class.getName(),
                        Integer.toString(port))
                .redirectErrorStream(true);
        // not on the command line, which ONNX Runtime parses by a recursion as deep as it is long
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        process = builder.start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        String line = lines.readLine();
        while (line != null && !line.startsWith("listening ")) {
            said.append(line).append('\n');
            line = lines.readLine();
        }
        assertThat(line).as(said.toString()).isNotNull();
        port = Integer.parseInt(line.substring("listening ".length()));
    }

    private void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    private RemoteModel open(int retries) {
        return RemoteModel.open(
                RemoteOptions.of("http://127.0.0.1:" + port + "/v1").withRetries(retries));
    }

    @Test
    void kill_whileItAnswers_isAnErrorForTheClientAndTheNextServerAnswersAsBefore() throws Exception {
        start();
        try (RemoteModel model = open(0)) {
            Generation before = model.generate(SHORT);
            CountDownLatch begun = new CountDownLatch(3);
            CompletableFuture<Generation> answer =
                    CompletableFuture.supplyAsync(() -> model.stream(LONG, token -> begun.countDown()));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            kill();
            assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ServerUnavailableException.class)
                    .hasMessageContaining("broke off");
            assertThatThrownBy(() -> model.generate(SHORT)).isInstanceOf(ServerUnavailableException.class);

            start(); // at the same port
            assertThat(model.generate(SHORT).text()).isEqualTo(before.text());
        }
    }

    @Test
    void kill_clientThatTriesAgain_isAnsweredByTheNextServer() throws Exception {
        start();
        try (RemoteModel model = open(10)) {
            Generation before = model.generate(SHORT);
            kill();
            CompletableFuture<Generation> answer = CompletableFuture.supplyAsync(() -> model.generate(SHORT));
            start();
            assertThat(answer.get(60, TimeUnit.SECONDS).text()).isEqualTo(before.text());
        }
    }
}
