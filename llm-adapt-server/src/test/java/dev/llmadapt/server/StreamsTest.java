package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.choice;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.prompting.ChainOfThought;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private static final String PATH = "/v1/chat/completions";

    private static LocalModel model;
    private static ModelServer server;
    private static ServerClient client;

    @BeforeAll
    static void start() {
        model = Fixtures.model();
        server = Fixtures.start(model);
        client = new ServerClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    private static String joined(List<JsonObject> events, int index, String field) {
        StringBuilder text = new StringBuilder();
        for (JsonObject event : events) {
            if (!event.getAsJsonArray("choices").isEmpty()
                    && choice(event, 0).get("index").getAsInt() == index) {
                JsonObject delta = choice(event, 0).getAsJsonObject("delta");
                text.append(delta.has(field) ? delta.get(field).getAsString() : "");
            }
        }
        return text.toString();
    }

    @Test
    void stream_isInOrderAndTheWholeAnswer() {
        String more = ",\"max_tokens\":8,\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
        List<JsonObject> events = client.stream(PATH, ASK + more);
        JsonObject whole = client.post(PATH, ASK + ",\"max_tokens\":8}");
        assertThat(joined(events, 0, "content")).isEqualTo(content(whole, 0));
        String id = events.get(0).get("id").getAsString();
        assertThat(events).allSatisfy(event -> {
            assertThat(event.get("id").getAsString()).isEqualTo(id);
            assertThat(event.get("object").getAsString()).isEqualTo("chat.completion.chunk");
            assertThat(event.get("model").getAsString()).isEqualTo("tiny");
            assertThat(event.has("usage")).isTrue();
        });
        assertThat(choice(events.get(0), 0).getAsJsonObject("delta").get("role").getAsString())
                .isEqualTo("assistant");
        int last = events.size() - 1;
        for (int i = 0; i < last - 1; i++) {
            assertThat(choice(events.get(i), 0).get("finish_reason").isJsonNull())
                    .isTrue();
            assertThat(events.get(i).get("usage").isJsonNull()).isTrue();
        }
        assertThat(choice(events.get(last - 1), 0).get("finish_reason").getAsString())
                .isEqualTo("length");
        assertThat(choice(events.get(last - 1), 0).getAsJsonObject("delta").size())
                .isZero();
        assertThat(events.get(last).getAsJsonArray("choices")).isEmpty();
        assertThat(events.get(last).get("usage")).isEqualTo(whole.get("usage"));
    }

    @Test
    void stream_withoutUsage_hasNone() {
        List<JsonObject> events = client.stream(PATH, ASK + ",\"max_tokens\":2,\"stream\":true}");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.has("usage")).isFalse();
            assertThat(event.getAsJsonArray("choices")).hasSize(1);
        });
    }

    @Test
    void stream_severalAnswers_areThoseOfABatch() {
        String more = ",\"max_tokens\":10,\"temperature\":1.5,\"seed\":3,\"n\":3";
        List<JsonObject> events = client.stream(PATH, ASK + more + ",\"stream\":true}");
        JsonObject whole = client.post(PATH, ASK + more + "}");
        for (int i = 0; i < 3; i++) {
            assertThat(joined(events, i, "content")).isEqualTo(content(whole, i));
        }
    }

    @Test
    void stream_logprobs_areOnEachToken() {
        List<JsonObject> events = client.stream(PATH, ASK + ",\"max_tokens\":4,\"logprobs\":true,\"stream\":true}");
        assertThat(events.stream()
                        .filter(event -> !choice(event, 0).get("logprobs").isJsonNull()))
                .hasSize(4)
                .allSatisfy(event -> assertThat(choice(event, 0)
                                .getAsJsonObject("logprobs")
                                .getAsJsonArray("content")
                                .get(0)
                                .getAsJsonObject()
                                .get("logprob")
                                .getAsDouble())
                        .isNegative());
    }

    @Test
    void stream_toolCall_isOnePiece() {
        List<JsonObject> events = client.stream(
                PATH,
                ASK
                        + ",\"stream\":true,\"tool_choice\":\"required\",\"parallel_tool_calls\":false,\"tools\":[{\"type\":"
                        + "\"function\",\"function\":{\"name\":\"stop\"}}]}");
        List<JsonObject> calls = events.stream()
                .map(event -> choice(event, 0).getAsJsonObject("delta"))
                .filter(delta -> delta.has("tool_calls"))
                .toList();
        assertThat(calls).hasSize(1);
        JsonObject call = calls.get(0).getAsJsonArray("tool_calls").get(0).getAsJsonObject();
        assertThat(call.get("index").getAsInt()).isZero();
        assertThat(call.get("id").getAsString()).isNotEmpty();
        assertThat(call.getAsJsonObject("function").get("name").getAsString()).isEqualTo("stop");
        assertThat(call.getAsJsonObject("function").get("arguments").getAsString())
                .isEqualTo("{}");
        assertThat(choice(events.get(events.size() - 1), 0).get("finish_reason").getAsString())
                .isEqualTo("tool_calls");
        assertThat(joined(events, 0, "content")).isEmpty();
    }

    @Test
    void stream_reasoning_hasPiecesOfItsOwn() {
        List<JsonObject> events = client.stream(
                PATH, ASK + ",\"max_tokens\":9,\"stream\":true,\"chat_template_kwargs\":{\"enable_thinking\":true}}");
        assertThat(joined(events, 0, "reasoning_content")).isNotBlank();
        assertThat(joined(events, 0, "content")).isEmpty();
    }

    @Test
    void stream_ofALayerThatThinks_hasItsThought() {
        Task task = Task.answering("a", "Answer.", List.of());
        ToyModel toy = new ToyModel();
        ServedModels models = new ServedModels()
                .add("tiny", ChainOfThought.defaults().withThoughtTokens(6).adapt(toy, task, Progress.NONE));
        try (ModelServer own = ModelServer.start(models, Fixtures.options())) {
            ServerClient asking = new ServerClient(own);
            JsonObject whole = asking.post(PATH, ASK + ",\"max_tokens\":8}");
            List<JsonObject> events = asking.stream(PATH, ASK + ",\"max_tokens\":8,\"stream\":true}");
            JsonObject message = choice(whole, 0).getAsJsonObject("message");
            assertThat(joined(events, 0, "content")).isEqualTo(content(whole, 0));
            assertThat(joined(events, 0, "reasoning_content"))
                    .isEqualTo(message.get("reasoning_content").getAsString());
            assertThat(whole.getAsJsonObject("usage").has("completion_tokens_details"))
                    .as("the layer's calls are not counted apart")
                    .isFalse();
        }
    }

    @Test
    void stream_whatIsRefused_hasAStatus() {
        JsonObject error = client.refused(400, PATH, ASK.replace("what", "what ".repeat(300)) + ",\"stream\":true}");
        assertThat(error.get("code").getAsString()).isEqualTo("context_length_exceeded");
    }

    @Test
    void stream_completions_areInOrder() {
        String json = "{\"model\":\"tiny\",\"prompt\":[\"abc\",\"xy\"],\"max_tokens\":6,\"echo\":true";
        List<JsonObject> events = client.stream("/v1/completions", json + ",\"stream\":true}");
        JsonObject whole = client.post("/v1/completions", json + "}");
        for (int i = 0; i < 2; i++) {
            int index = i;
            StringBuilder text = new StringBuilder();
            events.stream()
                    .map(event -> choice(event, 0))
                    .filter(choice -> choice.get("index").getAsInt() == index)
                    .forEach(choice -> text.append(choice.get("text").getAsString()));
            assertThat(text.toString()).isEqualTo(choice(whole, i).get("text").getAsString());
        }
    }

    @Test
    void clientThatGoesAway_endsTheAnswerAndFreesItsPlace() throws Exception {
        PausedModel paused = new PausedModel();
        ServerOptions options = Fixtures.options()
                .withLimits(
                        Fixtures.options().limits().withConcurrentAnswers(1).withRequestTime(Duration.ofSeconds(20)));
        try (ModelServer own = ModelServer.start(new ServedModels().add("tiny", paused), options)) {
            String body = ASK + ",\"stream\":true,\"max_tokens\":1000}";
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), own.port())) {
                socket.getOutputStream()
                        .write(("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
                paused.permits.release(2);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                String line = in.readLine();
                while (!line.contains("\"x\"")) {
                    line = in.readLine();
                }
                socket.setSoLinger(true, 0); // a reset, as of a process that ended
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (paused.ended.get() == 0 && System.nanoTime() < end) {
                paused.permits.release();
                Thread.sleep(20);
            }
            assertThat(paused.ended.get()).isEqualTo(1);
            paused.permits.release(10);
            assertThat(content(new ServerClient(own).post(PATH, ASK + ",\"max_tokens\":2}"), 0))
                    .as("its place is free")
                    .isEqualTo("xx");
            assertThat(new ServerClient(own).fetch("/metrics").body()).contains("status=\"499\"");
        }
    }
}
