package dev.llmadapt.peft.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Progress;
import dev.llmadapt.peft.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HubModelTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final byte[] WEIGHTS = LocalServer.bytes(150_000, 21);

    @TempDir
    Path folder;

    private LocalServer server;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    @BeforeEach
    void start() throws IOException {
        server = new LocalServer();
        files.put("README.md", text("hello"));
        files.put("config.json", text("{}"));
        files.put("tokenizer.json", text("{\"a\": 1}"));
        files.put("model.safetensors", WEIGHTS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void publish() {
        String siblings = files.entrySet().stream()
                .map(file -> "{\"rfilename\": \"" + file.getKey() + "\", \"size\": " + file.getValue().length
                        + (file.getKey().endsWith(".json")
                                ? "}"
                                : ", \"lfs\": {\"sha256\": \"" + LocalServer.sha256(file.getValue()) + "\"}}"))
                .collect(Collectors.joining(","));
        server.at(
                "/api/models/org/model/revision/main",
                "application/json",
                "{\"sha\": \"" + COMMIT + "\", \"siblings\": [" + siblings + "]}");
        files.forEach((name, body) -> server.file("/org/model/resolve/" + COMMIT + "/" + name, body));
    }

    private HubModel source(String ggufFile, String... variables) {
        String[] all = java.util.Arrays.copyOf(variables, variables.length + 2);
        all[variables.length] = "HF_ENDPOINT";
        all[variables.length + 1] = server.uri("").toString();
        return new HubModel("org/model", "main", ggufFile, LocalServer.environment(folder, all));
    }

    private Path snapshot() {
        return folder.resolve("cache/models/huggingface/models--org--model/snapshots/" + COMMIT);
    }

    @Test
    void fetch_singleFile_takesWhatACheckpointNeedsOnly() {
        files.put("chat_template.jinja", text("{{ x }}"));
        publish();

        Path checkpoint = source("").fetch(Progress.NONE);

        assertThat(checkpoint).isEqualTo(snapshot());
        assertThat(checkpoint.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(checkpoint.resolve("chat_template.jinja")).exists();
        assertThat(checkpoint.resolve("README.md")).doesNotExist();
    }

    @Test
    void fetch_secondTime_asksNobody() {
        publish();
        source("").fetch(Progress.NONE);
        int asked = server.seen.size();

        assertThat(source("", "HF_HUB_OFFLINE", "1").fetch(Progress.NONE)).isEqualTo(snapshot());
        assertThat(server.seen).hasSize(asked);
    }

    @Test
    void fetch_cachedWeightsCutShort_areFetchedAgain() throws IOException {
        publish();
        Path weights = source("").fetch(Progress.NONE).resolve("model.safetensors");
        Files.write(weights, new byte[5]);

        source("").fetch(Progress.NONE);

        assertThat(weights).hasBinaryContent(WEIGHTS);
        assertThat(server.count("/org/model/resolve/" + COMMIT + "/tokenizer.json"))
                .isEqualTo(1);
    }

    @Test
    void fetch_shards_areThoseTheIndexNames() {
        files.remove("model.safetensors");
        files.put("a-1.safetensors", WEIGHTS);
        files.put("a-2.safetensors", text("more"));
        files.put("unrelated.safetensors", text("other"));
        files.put(
                "model.safetensors.index.json",
                text("{\"weight_map\": {\"x\": \"a-1.safetensors\", \"y\": \"a-2.safetensors\"}}"));
        publish();

        Path checkpoint = source("").fetch(Progress.NONE);

        assertThat(checkpoint.resolve("a-1.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(checkpoint.resolve("a-2.safetensors")).exists();
        assertThat(checkpoint.resolve("unrelated.safetensors")).doesNotExist();
    }

    @Test
    void fetch_shardNameThatClimbs_isRefused() {
        files.remove("model.safetensors");
        files.put("model.safetensors.index.json", text("{\"weight_map\": {\"x\": \"../../../x.safetensors\"}}"));
        publish();

        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("is broken");
        assertThat(folder.resolve("cache/models/x.safetensors")).doesNotExist();
    }

    @Test
    void fetch_ggufFile_isTheFileAlone() {
        files.put("sub/m.gguf", text("GGUF"));
        publish();

        assertThat(source("sub/m.gguf").fetch(Progress.NONE))
                .isEqualTo(snapshot().resolve("sub/m.gguf"))
                .hasContent("GGUF");
        assertThat(snapshot().resolve("config.json")).doesNotExist();
    }

    @Test
    void fetch_repositoryOfGgufFilesOnly_namesThem() {
        files.clear();
        files.put("m.gguf", text("GGUF"));
        publish();

        assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                .hasMessageContaining("has no config.json; name one of its .gguf files instead: [m.gguf]");
    }

    @Test
    void fetch_weightsOfAnotherHash_areRefused() {
        publish();
        server.file("/org/model/resolve/" + COMMIT + "/model.safetensors", LocalServer.bytes(WEIGHTS.length, 22));

        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).isInstanceOf(SourceException.class);
        assertThat(snapshot().resolve("model.safetensors")).doesNotExist();
        assertThatThrownBy(() -> source("", "HF_HUB_OFFLINE", "1").fetch(Progress.NONE))
                .hasMessageContaining("HF_HUB_OFFLINE");
    }

    @Test
    void fetch_token_reachesTheEndpointAndNotTheStorage() throws IOException {
        publish();
        try (LocalServer storage = new LocalServer()) {
            storage.file("/blob", WEIGHTS);
            server.at(
                    "/org/model/resolve/" + COMMIT + "/model.safetensors",
                    exchange ->
                            LocalServer.redirect(exchange, storage.uri("/blob").toString()));

            source("", "HF_TOKEN", "hf_secret").fetch(Progress.NONE);

            assertThat(server.seen).allMatch(seen -> "Bearer hf_secret".equals(seen.authorization()));
            assertThat(storage.seen).hasSize(1).allMatch(seen -> seen.authorization() == null);
        }
    }

    @Test
    void fetch_notAllowed_saysWhatToDo() {
        server.at("/api/models/org/model/revision/main", exchange -> LocalServer.send(exchange, 401, new byte[0]));

        assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                .hasMessageContaining("answered 401")
                .hasMessageContaining("set HF_TOKEN");
    }

    @Test
    void fetch_descriptionThatIsNone_isRefused() {
        for (String answer : List.of("", "[]", "{\"sha\": \"x\"}", "{\"sha\": \"../..\", \"siblings\": []}")) {
            server.at("/api/models/org/model/revision/main", "application/json", answer);

            assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("something else than a repository's description");
        }
    }

    @Test
    void fetch_snapshotOfTheHubsOwnClient_isUsedWithoutNetwork() throws IOException {
        Path theirs = folder.resolve("hf/hub/models--org--model");
        Path snapshot = Files.createDirectories(theirs.resolve("snapshots/" + COMMIT));
        Files.createDirectories(theirs.resolve("refs"));
        Files.writeString(theirs.resolve("refs/main"), COMMIT);
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.write(snapshot.resolve(name), files.get(name));
        }

        assertThat(source("", "HF_HOME", folder.resolve("hf").toString()).fetch(Progress.NONE))
                .isEqualTo(snapshot);
        assertThat(server.seen).isEmpty();
    }

    @Test
    void fetch_halfASnapshotOfTheHubsOwnClient_isNotUsed() throws IOException {
        publish();
        Path theirs = folder.resolve("hub/models--org--model");
        Path snapshot = Files.createDirectories(theirs.resolve("snapshots/" + COMMIT));
        Files.createDirectories(theirs.resolve("refs"));
        Files.writeString(theirs.resolve("refs/main"), COMMIT);
        Files.write(snapshot.resolve("config.json"), files.get("config.json"));

        assertThat(source("", "HF_HUB_CACHE", folder.resolve("hub").toString()).fetch(Progress.NONE))
                .isEqualTo(snapshot());
    }

    @Test
    void construction_hostileNames_areRefused() {
        Environment environment = LocalServer.environment(folder);

        for (String repository : List.of("", "..", "../x", "a/..", "a/b/c", "a b", "/a")) {
            assertThatThrownBy(() -> new HubModel(repository, "main", "", environment))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String revision : List.of("", "..", "a/../b", "-x", "/x", "a b")) {
            assertThatThrownBy(() -> new HubModel("a/b", revision, "", environment))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String file : List.of("x.bin", "../x.gguf", "/x.gguf")) {
            assertThatThrownBy(() -> new HubModel("a/b", "main", file, environment))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
