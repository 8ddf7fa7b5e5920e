package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.remote.ScriptedServer.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors of servers, and the secrets that they must not tell. */
final class ErrorsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String KEY = "sk-very-secret-key-123";
    private static final String PROMPT = "my diagnosis is a secret\nof two lines that stay here";

    private final ScriptedServer server = new ScriptedServer();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void generate_errors_areOfTheirKindWithTheServersWordsAndNumber() {
        String body = "{\"error\": {\"message\": \"it says why\", \"code\": \"some_code\"}}";
        for (int status : new int[] {400, 404, 413, 422}) {
            server.next(CHAT, Reply.json(status, body, "x-request-id", "req-1"));
            assertThatThrownBy(this::ask)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(status))
                    .hasMessageContaining("it says why (some_code)")
                    .hasMessageContaining("req-1");
        }
        for (int status : new int[] {301, 401, 403, 502, 503, 504}) {
            server.always(CHAT, Reply.json(status, body));
            assertThatThrownBy(this::ask)
                    .isInstanceOfSatisfying(
                            ServerUnavailableException.class,
                            e -> assertThat(e.status()).isEqualTo(status));
        }
        server.always(CHAT, Reply.json(429, body));
        assertThatThrownBy(this::ask).isInstanceOf(OverloadedException.class);
        server.always(CHAT, Reply.json(500, body));
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.status()).isEqualTo(500));
        server.next(CHAT, Reply.json(404, body));
        assertThatThrownBy(this::ask).hasMessageContaining("'m'");
    }

    @Test
    void generate_errorShapes_areAllRead() {
        List<String> shapes = List.of(
                "{\"error\": \"why\"}",
                "{\"object\": \"error\", \"message\": \"why\", \"code\": 400}",
                "{\"detail\": \"why\"}",
                "{\"detail\": [{\"loc\": [\"body\", 1], \"msg\": \"why\", \"input\": \"x\"}]}",
                "why");
        for (String shape : shapes) {
            server.next(CHAT, Reply.json(400, shape));
            assertThatThrownBy(this::ask).as(shape).hasMessageContaining("why");
        }
    }

    @Test
    void generate_serverThatEchoesAll_neitherKeyNorPromptIsShown() {
        String echo =
                "bad key " + KEY + " for 'my diagnosis is a secret', of two lines that stay here, {'input': 'it'}";
        List<Reply> replies = List.of(
                Reply.json(401, "{\"error\": {\"message\": \"" + echo + "\"}}"),
                Reply.json(400, "{\"error\": {\"message\": \"" + echo + "\"}}"),
                Reply.json(400, echo),
                Reply.json(500, echo),
                Reply.events("data: {\"error\": {\"message\": \"" + echo + "\"}}\n\n"),
                Reply.cutOff("text/event-stream", "data: {\"choices\": [{\"delta\": {\"content\": \"a\"}}]}\n\n"));
        for (Reply reply : replies) {
            server.always(CHAT, reply);

            Throwable failure = catchThrowable(this::ask);

            StringWriter all = new StringWriter();
            failure.printStackTrace(new PrintWriter(all, true));
            assertThat(all.toString())
                    .doesNotContain(KEY)
                    .doesNotContain("diagnosis")
                    .doesNotContain("of two lines")
                    .doesNotContain("input");
        }
        assertThat(server.asked(CHAT).get(0).headers().get("Authorization")).containsExactly("Bearer " + KEY);
    }

    @Test
    void options_toString_neverShowTheKey() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "  " + KEY + "\n");

        assertThat(options().toString()).doesNotContain(KEY).contains("ApiKey[given]");
        assertThat(ApiKey.ofFile(file).header()).contains("Bearer " + KEY);
        assertThat(ApiKey.ofFile(file).toString()).doesNotContain(KEY);
        assertThat(ApiKey.ofEnvironment("NO_SUCH_VARIABLE_HERE").header()).isEmpty();
        assertThatThrownBy(() -> ApiKey.of("with space " + KEY))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY));
        assertThatThrownBy(() -> ApiKey.ofFile(folder.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none");
    }

    @Test
    void options_badValues_areRefusedByName() {
        RemoteOptions good = RemoteOptions.of("http://localhost:8000/v1/", "m");

        assertThat(good.baseUrl()).hasToString("http://localhost:8000/v1");
        assertThatThrownBy(() -> RemoteOptions.of("ftp://h/v1")).hasMessageContaining("baseUrl");
        assertThatThrownBy(() -> RemoteOptions.of("http://h/v1?key=1")).hasMessageContaining("baseUrl");
        assertThatThrownBy(() -> RemoteOptions.of("http://user:pass@h/v1"))
                .hasMessageContaining("withApiKey")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pass@"));
        assertThatThrownBy(() -> good.withRetries(-1)).hasMessageContaining("retries");
        assertThatThrownBy(() -> good.withConcurrency(0)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> good.withRequestsPerMinute(Double.NaN)).hasMessageContaining("requestsPerMinute");
        assertThatThrownBy(() -> good.withPrices(-1, 0)).hasMessageContaining("promptPrice");
        assertThatThrownBy(() -> good.withAnswerTimeout(java.time.Duration.ZERO))
                .hasMessageContaining("answerTimeout");
        assertThatThrownBy(() -> good.withContextLength(-1)).hasMessageContaining("contextLength");
    }

    private void ask() {
        try (RemoteModel model = RemoteModel.open(options(), new ManualWaiting())) {
            model.generate(Request.of(PROMPT));
        }
    }

    private RemoteOptions options() {
        return RemoteOptions.of(server.base(), "m").withApiKey(ApiKey.of(KEY)).withFeatures(ServerFeatures.plain());
    }
}
