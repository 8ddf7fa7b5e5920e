package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterSource;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalAdapter;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.server.catalog.AdapterFolder;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Adapters of a pool that has memory for two of them, behind a server. */
@Timeout(120)
class PooledAdaptersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String LOAD = "/v1/load_lora_adapter";
    private static final String UNLOAD = "/v1/unload_lora_adapter";
    private static final String MODULE = "model.layers.0.self_attn.v_proj";

    private final LocalModel model = Fixtures.model();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private AdapterPool pool;

    @SuppressWarnings("NullAway.Init")
    private ServedModels models;

    @SuppressWarnings("NullAway.Init")
    private ModelServer server;

    @SuppressWarnings("NullAway.Init")
    private ServerClient client;

    /** Multiplies the values of the first layer, and as many others of the other layers as it is wide. */
    private record Scale(String name, float factor, boolean wide) implements LocalAdapter {
        @Override
        public Method method() {
            return Method.IA3;
        }

        @Override
        public long parameterCount() {
            return 1;
        }

        @Override
        public AdapterEffect effectOn(BaseModules base) {
            Map<String, float[]> scales = new HashMap<>();
            base.linear().forEach((module, size) -> {
                if (module.equals(MODULE) || (wide && module.endsWith("_proj"))) {
                    float[] scale = new float[size.out()];
                    Arrays.fill(scale, module.equals(MODULE) ? factor : 1);
                    scales.put(module, scale);
                }
            });
            return new AdapterEffect(Map.of(), Map.of(), scales, Map.of(), Map.of(), new float[0], new float[0], 0);
        }
    }

    private static LocalAdapter read(Path folder, String name) {
        try {
            String text = Files.readString(folder.resolve("factor"));
            return new Scale(name, Float.parseFloat(text.replace("wide", "")), text.endsWith("wide"));
        } catch (IOException e) {
            throw new AdapterException("cannot read " + folder + "/factor", e);
        }
    }

    private Path store(String name, String factor) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        Files.writeString(folder.resolve("factor"), factor);
        return folder;
    }

    @BeforeEach
    void start() throws IOException {
        root = root.toRealPath();
        pool = new AdapterPool(model, 2L * 4 * outputs());
        models = new ServedModels().add("tiny", model, pool);
        for (int i = 0; i < 4; i++) {
            String name = "a" + i;
            pool.register(name, AdapterSource.folder(store(name, "-" + (3 + 4 * i)), PooledAdaptersTest::read));
            models.addPooled(name, "tiny");
        }
        server = ModelServer.start(
                models, Fixtures.options().withAdapters(new AdapterFolder(root, PooledAdaptersTest::read)));
        client = new ServerClient(server);
    }

    /** The numbers of an adapter that is not wide. */
    private static int outputs() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            return BaseModules.of(base).size(MODULE).out();
        }
    }

    @AfterEach
    void stop() {
        try (model) {
            server.close();
        }
    }

    private static String ask(String name, String more) {
        return ASK.replace("\"tiny\"", "\"" + name + "\"") + ",\"max_tokens\":12" + more + "}";
    }

    private String answer(String name) {
        return content(client.post(CHAT, ask(name, "")), 0);
    }

    private String metric(String name) {
        return client.fetch("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void adapters_moreThanFit_answerByNameAndAreCounted() {
        List<String> listed = new ArrayList<>();
        for (JsonElement each : client.get("/v1/models").getAsJsonArray("data")) {
            listed.add(each.getAsJsonObject().get("id").getAsString());
        }
        assertThat(listed).containsExactly("tiny", "a0", "a1", "a2", "a3");
        assertThat(metric("llmadapt_adapters_loaded")).isEqualTo("0");
        List<String> first = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            first.add(answer("a" + i));
        }
        assertThat(first).doesNotHaveDuplicates().doesNotContain(answer("tiny"));
        for (int i = 0; i < 4; i++) {
            assertThat(answer("a" + i)).as("adapter " + i + " again").isEqualTo(first.get(i));
        }
        answer("a3");
        assertThat(metric("llmadapt_adapter_loads_total")).isEqualTo("8");
        assertThat(metric("llmadapt_adapter_evictions_total")).isEqualTo("6");
        assertThat(metric("llmadapt_adapter_load_failures_total")).isEqualTo("0");
        assertThat(metric("llmadapt_adapters_loaded")).isEqualTo("2");
        assertThat(metric("llmadapt_adapter_bytes"))
                .isEqualTo(String.valueOf(pool.counts().memory()));
        assertThat(metric("llmadapt_requests_waiting")).isEqualTo("0");
        assertThat(metric("llmadapt_requests_running")).isEqualTo("0");
        assertThat(Long.parseLong(metric("llmadapt_prefix_cache_tokens"))).isPositive();
        assertThat(Long.parseLong(metric("llmadapt_kv_cache_used_bytes")))
                .isBetween(1L, Long.parseLong(metric("llmadapt_kv_cache_memory_bytes")));
        assertThat(client.fetch("/metrics").body())
                .contains("llmadapt_time_to_first_token_seconds_count{model=\"a0\",adapter=\"cold\"} 2")
                .contains("llmadapt_time_to_first_token_seconds_count{model=\"a3\",adapter=\"cold\"} 2")
                .contains("llmadapt_time_to_first_token_seconds_count{model=\"a3\",adapter=\"warm\"} 1")
                .contains("llmadapt_time_to_first_token_seconds_count{model=\"tiny\",adapter=\"none\"} 1");
    }

    @Test
    void everyRoute_ofAColdAdapter_loadsIt() {
        assertThat(client.stream(CHAT, ask("a0", ",\"stream\":true")).get(1).toString())
                .contains("content");
        assertThat(pool.counts().loads()).isEqualTo(1);
        client.post(CHAT, ask("a1", ",\"n\":2"));
        assertThat(pool.counts().loads()).isEqualTo(2);
        String score = ",\"max_tokens\":0,\"echo\":true,\"logprobs\":0,\"prompt\":\"abc\"}";
        JsonObject scored = client.post("/v1/completions", "{\"model\":\"a2\"" + score);
        assertThat(scored.get("choices"))
                .isNotEqualTo(client.post("/v1/completions", "{\"model\":\"tiny\"" + score)
                        .get("choices"));
        assertThat(pool.counts().loads()).isEqualTo(3);
        String tokens =
                "{\"model\":\"a3\",\"prompt\":" + Arrays.toString(model.textTokens("abc")) + ",\"max_tokens\":8}";
        assertThat(client.post("/v1/completions", tokens).getAsJsonArray("choices"))
                .hasSize(1);
        assertThat(pool.counts().loads()).isEqualTo(4);
        client.post("/tokenize", "{\"model\":\"a0\",\"prompt\":\"abc\"}");
        assertThat(pool.counts().loads()).as("tokens need no adapter").isEqualTo(4);
        String asked =
                "{\"model\":\"a0\",\"state\":\"x\",\"questions\":{\"q\":{\"type\":\"noul\",\"instructions\":\"Yes?\"}}}";
        JsonElement before = client.post("/v1/systemone", asked).get("answers");
        assertThat(pool.counts().loads()).isEqualTo(5);
        answer("a1");
        answer("a2");
        assertThat(client.post("/v1/systemone", asked).get("answers")).isEqualTo(before);
    }

    @Test
    void adapterThatBroke_isToldToItsRequestsAlone() throws Exception {
        String a1 = answer("a1");
        Files.delete(root.resolve("a0/factor"));
        for (String more : List.of("", ",\"stream\":true", ",\"n\":2")) {
            HttpResponse<String> response = client.send(CHAT, ask("a0", more));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
            JsonObject error = ServerClient.error(response);
            assertThat(error.get("message").getAsString()).contains("'a0'").doesNotContain(root.toString());
            assertThat(error.get("code").getAsString()).isEqualTo("adapter_unavailable");
            assertThat(error.get("type").getAsString()).isEqualTo("server_error");
        }
        assertThat(answer("a1")).isEqualTo(a1);
        assertThat(metric("llmadapt_adapter_load_failures_total")).isEqualTo("3");
        store("a0", "-3");
        client.send(UNLOAD, "{\"lora_name\":\"a0\"}");
        assertThat(client.send(LOAD, "{\"lora_name\":\"a0\",\"lora_path\":\"a0\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(answer("a0")).isNotEqualTo(a1);
    }

    @Test
    void requests_atTheSameTime_getTheirOwnAdapters() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            expected.add(answer("a" + i));
        }
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            int which = i * 7 % 4;
            answers.add(CompletableFuture.supplyAsync(() -> answer("a" + which)));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).join()).isEqualTo(expected.get(i * 7 % 4));
        }
    }

    @Test
    void load_byRequest_registersWhatCanBeLoaded() throws IOException {
        store("new", "9");
        store("wide", "2wide");
        store("bad", "x");
        client.refused(400, LOAD, "{\"lora_name\":\"bad\",\"lora_path\":\"bad\"}");
        Files.createDirectories(root.resolve("empty"));
        assertThat(client.send(LOAD, "{\"lora_name\":\"new\",\"lora_path\":\"new\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(pool.names()).contains("new");
        String answer = answer("new");
        for (int i = 0; i < 3; i++) {
            answer("a" + i);
        }
        assertThat(answer("new")).isEqualTo(answer);
        String wide = client.refused(400, LOAD, "{\"lora_name\":\"wide\",\"lora_path\":\"wide\"}")
                .get("message")
                .getAsString();
        assertThat(wide)
                .contains("adapter 'wide' takes ")
                .contains("may take " + pool.counts().memory());
        String empty = client.refused(400, LOAD, "{\"lora_name\":\"empty\",\"lora_path\":\"empty\"}")
                .get("message")
                .getAsString();
        assertThat(empty).contains("/empty/factor").doesNotContain(root.toString());
        assertThat(pool.names()).doesNotContain("wide", "empty");
        client.refused(404, CHAT, ask("wide", ""));
        assertThat(client.send(UNLOAD, "{\"lora_name\":\"new\"}").statusCode()).isEqualTo(200);
        client.refused(404, CHAT, ask("new", ""));
        assertThat(pool.names()).containsExactly("a0", "a1", "a2", "a3");
    }

    @Test
    void servedModels_refuseWhatIsNotInThePool() {
        assertThatThrownBy(() -> models.addPooled("none", "tiny")).hasMessageContaining("'none'");
        assertThatThrownBy(() -> models.addPooled("x", "a0")).hasMessageContaining("adapter itself");
        try (LocalModel other = Fixtures.model()) {
            assertThatThrownBy(() -> models.add("other", other, pool)).hasMessageContaining("another model");
            models.add("bare", other);
            assertThatThrownBy(() -> models.addPooled("a0", "bare")).hasMessageContaining("no pool");
            models.remove("bare");
        }
        for (int i = 0; i < 30; i++) {
            models.add("m" + i, model);
        }
        assertThat(client.refused(404, CHAT, ask("zz", "")).get("message").getAsString())
                .contains("m14] and 15 more");
    }
}
