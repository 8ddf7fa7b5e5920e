package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Request;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RequestEnd.Outcome;
import dev.llmadapt.observation.RequestInfo;
import dev.llmadapt.remote.ScriptedServer.Reply;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a remote model tells its listener. */
@Timeout(60)
final class ListenerTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Request ASKED = Request.of("How much is two and two?");

    private final ScriptedServer server = new ScriptedServer().always("/v1/models", Recorded.json("vllm-models.json"));
    private final List<String> heard = new ArrayList<>();
    private final List<RequestEnd> ends = new ArrayList<>();

    private final ModelListener listener = new ModelListener() {
        @Override
        public void onQueued(RequestInfo request) {
            heard.add("queued");
        }

        @Override
        public void onStarted(RequestInfo request, Duration queued) {
            heard.add("started");
        }

        @Override
        public void onFirstToken(RequestInfo request, Duration sinceCall) {
            heard.add("first token");
        }

        @Override
        public void onEnd(RequestEnd end) {
            heard.add("end");
            ends.add(end);
        }
    };

    @AfterEach
    void stop() {
        Thread.interrupted();
        server.close();
    }

    private RemoteOptions options() {
        return RemoteOptions.of(server.base())
                .withFeatures(ServerFeatures.vllm())
                .withRetries(0)
                .withListener(listener);
    }

    private RemoteModel open(RemoteOptions options) {
        return RemoteModel.open(options, new ManualWaiting());
    }

    @Test
    void generate_tellsWhatItKnows() {
        server.next(CHAT, Recorded.events("vllm-reasoning.txt"));
        open(options()).generate(ASKED.withAdapter("sql-lora"));

        assertThat(heard).containsExactly("queued", "first token", "end");
        RequestEnd end = ends.get(0);
        assertThat(end.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(end.finishReason()).isEqualTo("stop");
        assertThat(end.promptTokens()).isEqualTo(17);
        assertThat(end.completionTokens()).isEqualTo(9);
        assertThat(end.queued()).isEmpty();
        assertThat(end.toFirstToken()).isPresent();
        assertThat(end.request().operation()).isEqualTo(Operation.CHAT);
        assertThat(end.request().provider()).isEqualTo("vllm");
        assertThat(end.request().adapters()).containsExactly("sql-lora");
        assertThat(end.request().server()).contains(URI.create(server.base()));
    }

    @Test
    void generate_serverFails_isTold() {
        server.next(CHAT, Reply.json(500, "{}"));
        RemoteModel model = open(options());
        assertThatThrownBy(() -> model.generate(ASKED)).isInstanceOf(RemoteException.class);
        assertThatThrownBy(() -> model.generate(ASKED.withAdapter("nobody-has-this")))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(ends).extracting(RequestEnd::outcome).containsExactly(Outcome.FAILED, Outcome.FAILED);
        assertThat(ends)
                .extracting(RequestEnd::errorType)
                .containsExactly(RemoteException.class.getName(), IllegalArgumentException.class.getName());
        assertThat(ends.get(1).request().adapters()).isEmpty();
    }

    @Test
    void generate_interrupted_isCancelled() {
        RemoteModel model = open(options());
        Thread.currentThread().interrupt();
        model.generate(ASKED);
        assertThat(ends).extracting(RequestEnd::errorType).containsExactly("cancelled");
    }

    @Test
    void stream_listenerOfTokensThatThrows_cancels() {
        server.next(CHAT, Recorded.events("vllm-reasoning.txt"));
        RemoteModel model = open(options());
        assertThatThrownBy(() -> model.stream(ASKED, token -> {
                    throw new IllegalStateException("gone");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(ends).extracting(RequestEnd::outcome).containsExactly(Outcome.CANCELLED);
        assertThat(ends).extracting(RequestEnd::errorType).containsExactly("cancelled");
        assertThat(ends).extracting(RequestEnd::completionTokens).containsExactly(1);
    }

    @Test
    void generate_answerThatWasKept_isNoRequest(@TempDir Path folder) {
        server.next(CHAT, Recorded.said("So."));
        RemoteModel model = open(options().withAnswerFolder(folder));
        model.generate(ASKED);
        model.generate(ASKED);
        assertThat(ends).hasSize(1);
    }

    @Test
    void providers_haveTheConventionsNames() {
        assertThat(provider("https://api.openai.com/v1", ServerFeatures.Dialect.OPENAI))
                .isEqualTo("openai");
        assertThat(provider("https://me.openai.azure.com/v1", ServerFeatures.Dialect.PLAIN))
                .isEqualTo("azure.ai.openai");
        assertThat(provider("https://api.mistral.ai/v1", ServerFeatures.Dialect.PLAIN))
                .isEqualTo("mistral_ai");
        assertThat(provider("http://10.0.0.1/v1", ServerFeatures.Dialect.LLAMA_CPP))
                .isEqualTo("llama.cpp");
        assertThat(provider("https://notopenai.com/v1", ServerFeatures.Dialect.PLAIN))
                .isEqualTo("_OTHER");
    }

    private static String provider(String url, ServerFeatures.Dialect dialect) {
        return Providers.of(URI.create(url), dialect);
    }
}
