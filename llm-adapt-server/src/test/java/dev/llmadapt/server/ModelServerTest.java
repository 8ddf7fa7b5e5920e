package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.ToyModel;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.ServedModels;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelServerTest {
    private static final String PATH = "/v1/chat/completions";

    private final PausedModel paused = new PausedModel();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private ModelServer start(ServerLimits limits) {
        return ModelServer.start(
                new ServedModels().add("tiny", paused), Fixtures.options().withLimits(limits));
    }

    private Future<HttpResponse<String>> ask(ModelServer server, String more) {
        return threads.submit(() -> new ServerClient(server).send(PATH, ASK + more + "}"));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    private static String metric(ModelServer server, String name) {
        return new ServerClient(server)
                .fetch("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 1);
    }

    @Test
    void fullQueue_refusesWhileOthersFinish() throws Exception {
        try (ModelServer server =
                start(Fixtures.options().limits().withConcurrentAnswers(1).withQueueLength(1))) {
            Future<HttpResponse<String>> first = ask(server, ",\"max_tokens\":2");
            await(() -> paused.running.get() == 1);
            Future<HttpResponse<String>> second = ask(server, ",\"max_tokens\":2");
            await(() -> metric(server, "llmadapt_queue_length").equals("1"));
            HttpResponse<String> third = new ServerClient(server).send(PATH, ASK + "}");
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(third.headers().firstValue("retry-after")).hasValue("1");
            JsonObject error = ServerClient.error(third);
            assertThat(error.get("type").getAsString()).isEqualTo("rate_limit_error");
            assertThat(error.get("code").getAsString()).isEqualTo("queue_full");
            assertThat(metric(server, "llmadapt_requests_in_flight")).isEqualTo("1");
            assertThat(new ServerClient(server).get("/v1/models").has("data")).isTrue();
            paused.permits.release(4);
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(second.get().statusCode()).isEqualTo(200);
            assertThat(metric(server, "llmadapt_requests_rejected_total")).isEqualTo("1");
            assertThat(metric(server, "llmadapt_queue_length")).isEqualTo("0");
        }
    }

    @Test
    void requestBeyondItsTime_isStoppedAndSaysSo() throws Exception {
        try (ModelServer server =
                start(Fixtures.options().limits().withConcurrentAnswers(1).withRequestTime(Duration.ofMillis(400)))) {
            HttpResponse<String> whole = ask(server, "").get();
            assertThat(whole.statusCode()).isEqualTo(504);
            assertThat(whole.headers().firstValue("x-should-retry")).hasValue("false");
            assertThat(ServerClient.error(whole).get("message").getAsString()).contains("0.4 seconds");

            paused.permits.release(1);
            String stream = ask(server, ",\"stream\":true").get().body();
            List<String> events = List.of(stream.strip().split("\n\n", -1));
            assertThat(stream).contains("\"x\"").doesNotContain("[DONE]");
            assertThat(events.get(events.size() - 1))
                    .startsWith("data: {\"error\":{")
                    .contains("timeout");

            paused.permits.release(1);
            String several = ask(server, ",\"stream\":true,\"n\":2").get().body();
            assertThat(several).contains("timeout").doesNotContain("[DONE]");
            await(() -> paused.running.get() == 0);

            Future<HttpResponse<String>> first = ask(server, "");
            await(() -> paused.running.get() == 1);
            HttpResponse<String> queued = ask(server, "").get();
            assertThat(queued.statusCode()).as("time in the queue counts").isIn(504, 200);
            first.get();
            paused.permits.release(2);
            assertThat(ask(server, ",\"max_tokens\":2").get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void close_letsRequestsEndAndTakesNoNewOnes() throws Exception {
        ModelServer server = start(Fixtures.options().limits().withDrainTime(Duration.ofSeconds(20)));
        Future<HttpResponse<String>> running = ask(server, ",\"max_tokens\":2,\"stream\":true");
        await(() -> paused.running.get() == 1);
        ServerClient client = new ServerClient(server);
        assertThat(client.get("/ready").get("status").getAsString()).isEqualTo("ready");
        Future<?> closing = threads.submit(server::close);
        await(() -> client.fetch("/ready").statusCode() == 503);
        assertThat(client.fetch("/health").statusCode()).isEqualTo(200);
        HttpResponse<String> late = client.send(PATH, ASK + "}");
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(ServerClient.error(late).get("code").getAsString()).isEqualTo("stopping");
        paused.permits.release(2);
        assertThat(ServerClient.events(running.get().body())).hasSizeGreaterThan(2);
        closing.get();
        server.close();
        assertThat(paused.ended.get()).isEqualTo(1);
    }

    @Test
    void close_afterTheDrainTime_stopsWhatIsLeft() throws Exception {
        ModelServer server = start(Fixtures.options().limits().withDrainTime(Duration.ofMillis(200)));
        Future<HttpResponse<String>> running = ask(server, "");
        await(() -> paused.running.get() == 1);
        server.close();
        assertThat(paused.running.get()).isZero();
        assertThat(running.get().statusCode()).isEqualTo(503);
    }

    @Test
    void failureOfTheModel_tellsNothingOfItsInside() {
        Model broken = new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                throw new InferenceException("a secret path /etc/model");
            }
        };
        ServedModels models = new ServedModels().add("tiny", broken);
        try (ModelServer server = ModelServer.start(models, Fixtures.options())) {
            for (String more : List.of("", ",\"stream\":true")) {
                JsonObject error = new ServerClient(server).refused(500, PATH, ASK + more + "}");
                assertThat(error.toString()).doesNotContain("secret").contains("server_error");
            }
        }
    }

    @Test
    void concurrentRequests_areAnsweredAsAlone() throws Exception {
        try (LocalModel model = Fixtures.model();
                ModelServer server = Fixtures.start(model)) {
            ServerClient client = new ServerClient(server);
            List<String> alone = new ArrayList<>();
            List<CompletableFuture<String>> together = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                alone.add(content(client.post(PATH, question(i)), 0));
            }
            for (int i = 0; i < 6; i++) {
                String json = question(i);
                together.add(CompletableFuture.supplyAsync(() -> content(client.post(PATH, json), 0), threads));
            }
            for (int i = 0; i < 6; i++) {
                assertThat(together.get(i).get()).as("request " + i).isEqualTo(alone.get(i));
            }
        }
    }

    private static String question(int i) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "ab".repeat(i + 1)
                + "\"}],\"max_tokens\":20,\"temperature\":0.9,\"seed\":" + i + "}";
    }

    @Test
    void models_areListedWithTheirParents() {
        ToyModel toy = new ToyModel();
        ServedModels models = new ServedModels().add("org/base", toy).addAdapted("chosen", new ToyModel(), "org/base");
        try (ModelServer server = ModelServer.start(models, Fixtures.options())) {
            ServerClient client = new ServerClient(server);
            JsonObject list = client.get("/v1/models");
            assertThat(list.get("object").getAsString()).isEqualTo("list");
            assertThat(list.getAsJsonArray("data")).hasSize(2);
            JsonObject base = client.get("/v1/models/org/base");
            assertThat(base.get("id").getAsString()).isEqualTo("org/base");
            assertThat(base.get("object").getAsString()).isEqualTo("model");
            assertThat(base.get("owned_by").getAsString()).isEqualTo("llm-adapt");
            assertThat(base.get("created").getAsLong()).isPositive();
            assertThat(base.get("parent").isJsonNull()).isTrue();
            assertThat(client.get("/v1/models/chosen").get("parent").getAsString())
                    .isEqualTo("org/base");
            assertThat(ServerClient.error(client.fetch("/v1/models/none"))
                            .get("code")
                            .getAsString())
                    .isEqualTo("model_not_found");
            models.remove("chosen");
            assertThat(client.fetch("/v1/models/chosen").statusCode()).isEqualTo(404);
            models.add("later", toy);
            assertThat(client.get("/v1/models/later").get("id").getAsString()).isEqualTo("later");
        }
    }

    @Test
    void operations_tellVersionAndMetrics() throws InterruptedException {
        try (ModelServer server =
                ModelServer.start(new ServedModels().add("tiny", new ToyModel()), Fixtures.options())) {
            ServerClient client = new ServerClient(server);
            assertThat(client.get("/version").get("version").getAsString()).isNotEmpty();
            client.post(PATH, ASK + ",\"max_tokens\":3}");
            client.send(PATH, "{}");
            // a request is counted when it is over, just after its response
            await(() -> client.fetch("/metrics").body().contains("status=\"400\""));
            String text = client.fetch("/metrics").body();
            assertThat(text)
                    .contains("# TYPE llmadapt_requests_total counter")
                    .contains("llmadapt_requests_total{route=\"/v1/chat/completions\",status=\"200\",model=\"tiny\"} 1")
                    .contains("status=\"400\"")
                    .containsPattern("llmadapt_prompt_tokens_total\\{model=\"tiny\"} \\d+")
                    .containsPattern("llmadapt_completion_tokens_total\\{model=\"tiny\"} [1-3]\n")
                    .contains("llmadapt_time_to_first_token_seconds_count{model=\"tiny\",adapter=\"none\"} 1")
                    .contains("le=\"+Inf\"} 1")
                    .contains("llmadapt_queue_length 0")
                    .doesNotContain("what time");
            assertThat(text.lines())
                    .allMatch(line -> line.startsWith("# ") || line.matches("[a-z_]+(\\{[^}]*})? [0-9.E+-]+"));
        }
    }
}
