package dev.llmadapt.server;

import static dev.llmadapt.server.Fixtures.ASK;
import static dev.llmadapt.server.ServerClient.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.LocalAdapter;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.server.catalog.AdapterFolder;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterOperationsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String LOAD = "/v1/load_lora_adapter";
    private static final String UNLOAD = "/v1/unload_lora_adapter";

    private final LocalModel model = Fixtures.model();
    private final ServedModels models = new ServedModels().add("tiny", model);

    @TempDir
    Path folder;

    private Path root;
    private ModelServer server;
    private ServerClient client;

    /** Turns the values of the first layer around. */
    record Negation(String name) implements LocalAdapter {
        private static final String MODULE = "model.layers.0.self_attn.v_proj";

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
            float[] scale =
                    new float[Objects.requireNonNull(base.linear().get(MODULE)).out()];
            Arrays.fill(scale, -3);
            return new AdapterEffect(
                    Map.of(), Map.of(), Map.of(MODULE, scale), Map.of(), Map.of(), new float[0], new float[0], 0);
        }
    }

    @BeforeEach
    void start() throws IOException {
        root = Files.createDirectories(folder.resolve("root"));
        Files.createDirectories(root.resolve("one"));
        Files.createDirectories(root.resolve("broken"));
        Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("within"), root.resolve("one"));
        Files.writeString(root.resolve("file"), "x");
        AdapterFolder adapters = new AdapterFolder(root, (path, name) -> {
            if (path.endsWith("broken")) {
                throw new AdapterException(path + "/adapter_config.json is missing");
            }
            return new Negation(name);
        });
        server = ModelServer.start(models, Fixtures.options().withAdapters(adapters));
        client = new ServerClient(server);
    }

    @AfterEach
    void stop() {
        try (model) {
            server.close();
        }
    }

    private static String load(String name, Path path) {
        return "{\"lora_name\":\"" + name + "\",\"lora_path\":\"" + path + "\"}";
    }

    @Test
    void adapter_isLoadedServedAndUnloaded() {
        String base = content(client.post(CHAT, ASK + ",\"max_tokens\":12}"), 0);
        HttpResponse<String> loaded = client.send(LOAD, load("bank", root.resolve("one")));
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        assertThat(loaded.body()).contains("bank");
        assertThat(client.get("/v1/models/bank").get("parent").getAsString()).isEqualTo("tiny");
        String ask = ASK.replace("\"tiny\"", "\"bank\"") + ",\"max_tokens\":12}";
        JsonObject adapted = client.post(CHAT, ask);
        assertThat(adapted.get("model").getAsString()).isEqualTo("bank");
        assertThat(content(adapted, 0)).isNotEqualTo(base);
        assertThat(content(client.post(CHAT, ASK + ",\"max_tokens\":12}"), 0)).isEqualTo(base);
        int[] ids = model.textTokens("abc");
        String tokens = "{\"model\":\"bank\",\"prompt\":" + Arrays.toString(ids) + ",\"max_tokens\":8}";
        assertThat(client.post("/v1/completions", tokens).get("choices"))
                .isNotEqualTo(client.post("/v1/completions", tokens.replace("bank", "tiny"))
                        .get("choices"));

        assertThat(client.refused(400, LOAD, load("bank", Path.of("one")))
                        .get("param")
                        .getAsString())
                .isEqualTo("lora_name");
        assertThat(client.send(UNLOAD, "{\"lora_name\":\"bank\"}").statusCode()).isEqualTo(200);
        assertThat(client.refused(404, CHAT, ask).get("code").getAsString()).isEqualTo("model_not_found");
        assertThat(model.adapters()).isEmpty();
        client.refused(404, UNLOAD, "{\"lora_name\":\"bank\"}");
        client.refused(404, UNLOAD, "{\"lora_name\":\"tiny\"}");
        assertThat(client.send(LOAD, load("bank", Path.of("within"))).statusCode())
                .as("a link that stays inside")
                .isEqualTo(200);
    }

    @Test
    void paths_outsideTheRoot_areRefusedAlike() {
        String expected = client.refused(400, LOAD, load("x", Path.of("nothing")))
                .get("message")
                .getAsString();
        for (String path : List.of(
                "../outside", "link", "one/../../outside", folder + "/outside", "/etc", "file", ".", "", "a\\u0000b")) {
            String json = "{\"lora_name\":\"x\",\"lora_path\":\"" + path + "\"}";
            String message = client.refused(400, LOAD, json).get("message").getAsString();
            assertThat(message).startsWith("there is no folder '").endsWith("inside the folder of adapters");
        }
        assertThat(expected).startsWith("there is no folder '");
        assertThat(model.adapters()).isEmpty();
    }

    @Test
    void adapterThatCannotBeRead_isToldWithoutTheRoot() {
        String message = client.refused(400, LOAD, load("x", Path.of("broken")))
                .get("message")
                .getAsString();
        assertThat(message).contains("/broken/adapter_config.json is missing").doesNotContain(root.toString());
    }

    @Test
    void serverWithoutAFolder_hasNoSuchOperation() {
        try (ModelServer other = ModelServer.start(models, Fixtures.options())) {
            ServerClient own = new ServerClient(other);
            own.refused(404, LOAD, load("x", root.resolve("one")));
            own.refused(404, UNLOAD, "{\"lora_name\":\"x\"}");
        }
    }

    @Test
    void servedModels_refuseNamesTwiceAndAdaptersOfAdapters() {
        model.loadAdapter(new Negation("n"));
        models.addAdapter("served-n", "tiny", "n");
        assertThatThrownBy(() -> models.add("tiny", model)).hasMessageContaining("already");
        assertThatThrownBy(() -> models.addAdapter("m", "served-n", "n")).hasMessageContaining("adapter itself");
        assertThatThrownBy(() -> models.addAdapter("m", "none", "n")).hasMessageContaining("'none'");
        assertThatThrownBy(() -> models.add(" ", model)).hasMessageContaining("1 to 200");
        assertThat(models.names()).containsExactly("tiny", "served-n");
    }
}
