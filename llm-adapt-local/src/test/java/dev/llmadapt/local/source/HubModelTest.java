package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpExchange;
import dev.llmadapt.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub on this machine, well-behaved and otherwise, and the cache it fills. */
final class HubModelTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String OTHER_COMMIT = "76543210fedcba9876543210fedcba9876543210";
    private static final byte[] WEIGHTS = LocalServer.bytes(150_000, 21);
    private static final String WEIGHTS_PATH = "/org/model/resolve/" + COMMIT + "/model.safetensors";

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

    private static String gitHash(byte[] content) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(text("blob " + content.length + "\0"));
            return java.util.HexFormat.of().formatHex(sha1.digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isLfs(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".gguf");
    }

    private void publish() {
        publish("main", COMMIT);
    }

    /** Puts the files up as the hub does: plain ones are sent, those of LFS redirected to. */
    private void publish(String revision, String commit) {
        String siblings = files.entrySet().stream()
                .map(file -> "{\"rfilename\": \"" + file.getKey() + "\", \"size\": " + file.getValue().length
                        + (isLfs(file.getKey())
                                ? ", \"blobId\": \"" + gitHash(text("a pointer")) + "\", \"lfs\": {\"sha256\": \""
                                        + LocalServer.sha256(file.getValue()) + "\"}}"
                                : ", \"blobId\": \"" + gitHash(file.getValue()) + "\"}"))
                .collect(Collectors.joining(","));
        server.at(
                "/api/models/org/model/revision/" + revision,
                "application/json",
                "{\"sha\": \"" + commit + "\", \"siblings\": [" + siblings + "]}");
        files.forEach((name, body) -> {
            String path = "/org/model/resolve/" + commit + "/" + name;
            if (isLfs(name)) {
                server.file("/storage/" + LocalServer.sha256(body), body);
                server.at(path, exchange -> {
                    exchange.getResponseHeaders().set("X-Repo-Commit", commit);
                    linked(exchange, body);
                    LocalServer.redirect(exchange, "/storage/" + LocalServer.sha256(body) + "?signature=secret");
                });
            } else {
                server.at(path, exchange -> {
                    exchange.getResponseHeaders().set("X-Repo-Commit", commit);
                    exchange.getResponseHeaders().set("ETag", "\"" + gitHash(body) + "\"");
                    LocalServer.send(exchange, 200, body);
                });
            }
        });
    }

    private static void linked(HttpExchange exchange, byte[] body) {
        exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + LocalServer.sha256(body) + "\"");
        exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(body.length));
    }

    private HubModel source(String ggufFile, String... variables) {
        return revision("main", ggufFile, variables);
    }

    private HubModel revision(String revision, String ggufFile, String... variables) {
        String[] all = java.util.Arrays.copyOf(variables, variables.length + 2);
        all[variables.length] = "HF_ENDPOINT";
        all[variables.length + 1] = server.uri("").toString();
        return new HubModel("org/model", revision, ggufFile, LocalServer.environment(folder, all));
    }

    private Path repository() {
        return folder.resolve("home/.cache/huggingface/hub/models--org--model");
    }

    private Path snapshot() {
        return repository().resolve("snapshots/" + COMMIT);
    }

    private List<String> blobs() throws IOException {
        try (var list = Files.list(repository().resolve("blobs"))) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        }
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
    void fetch_repositoryWithoutTokenizerJson_takesWhatElseATokenizerIsReadFrom() {
        files.remove("tokenizer.json");
        files.put("vocab.json", text("{\"v\": 1}"));
        publish();
        assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("has no tokenizer.json");

        files.put("merges.txt", text("a b"));
        publish();
        Path checkpoint = source("").fetch(Progress.NONE);
        assertThat(checkpoint.resolve("vocab.json")).exists();
        assertThat(checkpoint.resolve("merges.txt")).hasContent("a b");
        assertThat(source("").fetch(Progress.NONE)).isEqualTo(checkpoint);
        assertThat(server.count("/org/model/resolve/" + COMMIT + "/vocab.json"))
                .as("complete, so that it is not fetched again")
                .isEqualTo(1);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs the right to make symbolic links")
    void fetch_layout_isThatOfPythonsClient() throws IOException {
        files.put("sub/m.gguf", text("GGUF"));
        publish();
        source("").fetch(Progress.NONE);
        source("sub/m.gguf").fetch(Progress.NONE);

        String sha256 = LocalServer.sha256(WEIGHTS);
        assertThat(Files.readSymbolicLink(snapshot().resolve("model.safetensors")))
                .isEqualTo(Path.of("../../blobs/" + sha256));
        assertThat(Files.readSymbolicLink(snapshot().resolve("sub/m.gguf")))
                .isEqualTo(Path.of("../../../blobs/" + LocalServer.sha256(text("GGUF"))));
        assertThat(Files.readSymbolicLink(snapshot().resolve("config.json")))
                .isEqualTo(Path.of("../../blobs/" + gitHash(text("{}"))));
        assertThat(repository().resolve("refs/main")).hasContent(COMMIT);
        assertThat(Files.size(repository().resolve("refs/main"))).isEqualTo(40);
        assertThat(repository().resolve(".no_exist/" + COMMIT + "/chat_template.jinja"))
                .isEmptyFile();
        assertThat(blobs())
                .containsExactlyInAnyOrder(
                        sha256, gitHash(text("{}")), gitHash(text("{\"a\": 1}")), LocalServer.sha256(text("GGUF")));
        try (var inSnapshot = Files.list(snapshot())) {
            assertThat(inSnapshot.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors", "sub");
        }
    }

    @Test
    void fetch_withoutLinks_snapshotsHoldTheFiles() throws IOException {
        publish();
        source("", "HF_HUB_DISABLE_SYMLINKS", "1").fetch(Progress.NONE);

        assertThat(Files.isSymbolicLink(snapshot().resolve("model.safetensors")))
                .isFalse();
        assertThat(snapshot().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(blobs()).isEmpty();

        // A second commit shares nothing then, and is complete too.
        publish("next", OTHER_COMMIT);
        Path next = revision("next", "", "HF_HUB_DISABLE_SYMLINKS", "1").fetch(Progress.NONE);
        assertThat(next.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void fetch_blobOfPythonsClientWithoutLinks_isCopiedNotTaken() throws IOException {
        publish();
        Path blob = repository().resolve("blobs").resolve(LocalServer.sha256(WEIGHTS));
        Files.createDirectories(blob.getParent());
        Files.write(blob, WEIGHTS);

        source("", "HF_HUB_DISABLE_SYMLINKS", "1").fetch(Progress.NONE);

        assertThat(blob).hasBinaryContent(WEIGHTS);
        assertThat(snapshot().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(server.count(WEIGHTS_PATH)).isZero();
    }

    @Test
    void fetch_anotherRevisionOfTheSameFiles_downloadsNoContentTwice() {
        publish();
        source("").fetch(Progress.NONE);
        files.put("config.json", text("{\"new\": 1}"));
        publish("v1.0", OTHER_COMMIT);

        Path next = revision("v1.0", "").fetch(Progress.NONE);

        assertThat(next).isEqualTo(repository().resolve("snapshots/" + OTHER_COMMIT));
        assertThat(next.resolve("config.json")).hasContent("{\"new\": 1}");
        assertThat(snapshot().resolve("config.json")).hasContent("{}");
        assertThat(server.count("/storage/" + LocalServer.sha256(WEIGHTS))).isEqualTo(1);
        assertThat(repository().resolve("refs/v1.0")).hasContent(OTHER_COMMIT);
    }

    @Test
    void fetch_branchWithSlashes_isAskedForEncodedAndNoted() {
        publish("refs/pr/1", COMMIT);

        assertThat(revision("refs/pr/1", "").fetch(Progress.NONE)).isEqualTo(snapshot());
        assertThat(repository().resolve("refs/refs/pr/1")).hasContent(COMMIT);
    }

    @Test
    void fetch_commit_needsNoRefAndTakesNoOther() {
        publish(COMMIT, COMMIT);
        assertThat(revision(COMMIT, "").fetch(Progress.NONE)).isEqualTo(snapshot());
        assertThat(repository().resolve("refs")).doesNotExist();

        publish(OTHER_COMMIT, COMMIT);
        assertThatThrownBy(() -> revision(OTHER_COMMIT, "").fetch(Progress.NONE))
                .hasMessageContaining("answers with commit " + COMMIT);
    }

    @Test
    void fetch_secondTime_asksNobody() {
        publish();
        source("").fetch(Progress.NONE);
        int asked = server.seen.size();

        assertThat(source("", "HF_HUB_OFFLINE", "1").fetch(Progress.NONE)).isEqualTo(snapshot());
        assertThat(source("", "TRANSFORMERS_OFFLINE", "1").fetch(Progress.NONE)).isEqualTo(snapshot());
        assertThat(server.seen).hasSize(asked);
    }

    @Test
    void fetch_cachedWeightsCutShort_areFetchedAgain() throws IOException {
        publish();
        Path weights = source("").fetch(Progress.NONE).resolve("model.safetensors");
        Files.write(weights, new byte[5]);

        assertThatThrownBy(() -> source("", "HF_HUB_OFFLINE", "1").fetch(Progress.NONE))
                .hasMessageContaining("or not all of it");
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
    void fetch_shardNameThatClimbs_isRefused() throws IOException {
        files.remove("model.safetensors");
        files.put("model.safetensors.index.json", text("{\"weight_map\": {\"x\": \"../../../x.safetensors\"}}"));
        publish();

        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("is broken");
        try (var all = Files.walk(folder)) {
            assertThat(all).noneMatch(file -> file.endsWith("x.safetensors"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../evil", "..", ".", "a/b", "", "\\\\x", "a\tb"})
    void fetch_etagThatIsNoFileName_isRefused(String etag) {
        publish();
        server.at("/org/model/resolve/" + COMMIT + "/config.json", exchange -> {
            exchange.getResponseHeaders().set("X-Linked-Etag", '"' + etag + '"');
            exchange.getResponseHeaders().set("ETag", "\"\"");
            LocalServer.send(exchange, 200, text("{}"));
        });

        assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("ETag");
        assertThat(repository().resolve("evil")).doesNotExist();
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
    void fetch_weightsOfAnotherHash_areRefused() throws IOException {
        publish();
        server.file("/storage/" + LocalServer.sha256(WEIGHTS), LocalServer.bytes(WEIGHTS.length, 22));

        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).isInstanceOf(SourceException.class);
        assertThat(snapshot().resolve("model.safetensors")).doesNotExist();
        assertThat(blobs()).noneMatch(blob -> blob.contains(LocalServer.sha256(WEIGHTS)));
        assertThatThrownBy(() -> source("", "HF_HUB_OFFLINE", "1").fetch(Progress.NONE))
                .hasMessageContaining("HF_HUB_OFFLINE");
    }

    @Test
    void fetch_smallFileOfAnotherGitHash_isRefused() {
        publish();
        server.at("/org/model/resolve/" + COMMIT + "/config.json", exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"" + gitHash(text("{}")) + "\"");
            LocalServer.send(exchange, 200, text("[]"));
        });

        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("git's hash");
        assertThat(snapshot().resolve("config.json")).doesNotExist();
    }

    @Test
    void fetch_hubThatContradictsItself_isRefused() {
        publish();
        server.at(WEIGHTS_PATH, exchange -> {
            linked(exchange, LocalServer.bytes(WEIGHTS.length, 5));
            LocalServer.redirect(exchange, "/storage/" + LocalServer.sha256(WEIGHTS));
        });
        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("contradicts itself");

        server.at(WEIGHTS_PATH, exchange -> {
            linked(exchange, WEIGHTS);
            exchange.getResponseHeaders().set("X-Linked-Size", "7");
            LocalServer.redirect(exchange, "/storage/" + LocalServer.sha256(WEIGHTS));
        });
        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("its headers 7");

        server.at(WEIGHTS_PATH, exchange -> {
            linked(exchange, WEIGHTS);
            exchange.getResponseHeaders().set("X-Repo-Commit", OTHER_COMMIT);
            LocalServer.redirect(exchange, "/storage/" + LocalServer.sha256(WEIGHTS));
        });
        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("of another commit");
    }

    @Test
    void fetch_brokenOff_continuesInTheNextProcess() throws IOException {
        publish();
        String storage = "/storage/" + LocalServer.sha256(WEIGHTS);
        // The server hangs up after 100,000 bytes, whatever is asked for, until the attempts are used up.
        server.at(storage, exchange -> {
            if (exchange.getRequestHeaders().getFirst("Range") == null) {
                LocalServer.cut(exchange, WEIGHTS, 100_000);
            } else {
                LocalServer.send(exchange, 503, new byte[0]);
            }
        });
        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).isInstanceOf(SourceException.class);
        Path part = repository().resolve("blobs/" + LocalServer.sha256(WEIGHTS) + ".llm-adapt.incomplete");
        long arrived = Files.size(part);
        assertThat(arrived).isBetween(1L, 100_000L);

        server.file(storage, WEIGHTS);
        Path weights = source("").fetch(Progress.NONE).resolve("model.safetensors");

        assertThat(weights).hasBinaryContent(WEIGHTS);
        assertThat(server.seen.get(server.seen.size() - 1).range()).isEqualTo("bytes=" + arrived + "-");
        assertThat(part).doesNotExist();
    }

    @Test
    void fetch_token_reachesTheEndpointAndNotTheStorage() throws IOException {
        publish();
        try (LocalServer storage = new LocalServer()) {
            storage.file("/blob", WEIGHTS);
            server.at(WEIGHTS_PATH, exchange -> {
                linked(exchange, WEIGHTS);
                LocalServer.redirect(exchange, storage.uri("/blob").toString());
            });

            source("", "HF_TOKEN", "hf_secret").fetch(Progress.NONE);

            assertThat(server.seen).allMatch(seen -> "Bearer hf_secret".equals(seen.authorization()));
            assertThat(storage.seen)
                    .singleElement()
                    .matches(seen ->
                            seen.authorization() == null && seen.method().equals("GET"));
        }
    }

    @Test
    void fetch_tokenFile_isThatOfTheLoginCommand() throws IOException {
        publish();
        Path home = Files.createDirectories(folder.resolve("hf"));
        Files.writeString(home.resolve("token"), "hf_file\n");
        Path elsewhere = Files.writeString(folder.resolve("t"), "hf_elsewhere");
        List<List<String>> cases = List.of(
                List.of("Bearer hf_file", "HF_HOME", home.toString()),
                List.of("Bearer hf_elsewhere", "HF_HOME", home.toString(), "HF_TOKEN_PATH", elsewhere.toString()),
                List.of("Bearer hf_env", "HF_HOME", home.toString(), "HF_TOKEN", " hf_env\n"),
                List.of("Bearer hf_old", "HF_HOME", home.toString(), "HUGGING_FACE_HUB_TOKEN", "hf_old"),
                List.of("null", "HF_HOME", home.toString(), "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"));
        for (List<String> each : cases) {
            server.seen.clear();
            List<String> variables = new ArrayList<>(each.subList(1, each.size()));
            variables.addAll(List.of(
                    "HF_HUB_CACHE", folder.resolve("c" + cases.indexOf(each)).toString()));

            source("", variables.toArray(String[]::new)).fetch(Progress.NONE);

            assertThat(server.seen)
                    .allMatch(seen -> String.valueOf(seen.authorization()).equals(each.get(0)), each.get(0));
        }
    }

    @Test
    void fetch_tokenWithALineBreak_isRefusedUnseen() {
        assertThatThrownBy(() -> source("", "HF_TOKEN", "hf_a\r\nX-Evil: 1").fetch(Progress.NONE))
                .hasMessageContaining("the token in HF_TOKEN has characters")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hf_a"));
        assertThat(server.seen).isEmpty();
    }

    @Test
    void access_httpEndpointElsewhere_getsNoToken() throws IOException {
        Environment environment =
                LocalServer.environment(folder, "HF_ENDPOINT", "http://hub.example", "HF_TOKEN", "hf_secret");

        assertThat(HubAccess.of(environment).authorization()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401| | |set HF_TOKEN if the repository is private or gated",
                "404|RepoNotFound| |set HF_TOKEN if the repository is private or gated",
                "401| |hf_x|the token in HF_TOKEN is valid and may read it",
                "401|GatedRepo| |accept its terms on",
                "403|GatedRepo|hf_x|make sure that the token in HF_TOKEN is of that account",
                "404|RevisionNotFound| |no branch, tag or commit 'main'",
                "429| | |set HF_TOKEN, which raises the limit",
                "451| | |has disabled access",
                "500| | |answered 500"
            })
    void fetch_refusal_saysWhatToDo(int status, String code, String token, String expected) {
        server.at("/api/models/org/model/revision/main", exchange -> {
            if (code != null) {
                exchange.getResponseHeaders().set("X-Error-Code", code);
            }
            LocalServer.send(exchange, status, new byte[0]);
        });

        assertThatThrownBy(
                        () -> source("", "HF_TOKEN", token == null ? "" : token).fetch(Progress.NONE))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("answered " + status)
                .hasMessageContaining(expected);
    }

    @Test
    void fetch_fileOfAGatedRepository_saysSo() {
        publish();
        server.at(WEIGHTS_PATH, exchange -> {
            exchange.getResponseHeaders().set("X-Error-Code", "GatedRepo");
            exchange.getResponseHeaders().set("X-Error-Message", "Access to model org/model is restricted.");
            LocalServer.send(exchange, 403, new byte[0]);
        });

        assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                .hasMessageContaining("'Access to model org/model is restricted.'")
                .hasMessageContaining("accept its terms on " + server.uri("/org/model"));
    }

    @Test
    void fetch_tooManyRequestsThenFine_isTriedAgain() {
        publish();
        int[] asked = {0};
        server.at(WEIGHTS_PATH, exchange -> {
            if (asked[0]++ < 2) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                LocalServer.send(exchange, 429, new byte[0]);
            } else {
                linked(exchange, WEIGHTS);
                LocalServer.redirect(exchange, "/storage/" + LocalServer.sha256(WEIGHTS));
            }
        });

        assertThat(source("").fetch(Progress.NONE).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(asked[0]).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3600", "Tue, 31 Dec 2999 23:59:59 GMT"})
    void fetch_toldToWaitForLong_saysSoAtOnce(String retryAfter) {
        server.at("/api/models/org/model/revision/main", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            LocalServer.send(exchange, 429, new byte[0]);
        });

        assertThatThrownBy(() -> source("").fetch(Progress.NONE)).hasMessageContaining("answered 429");
        assertThat(server.seen).hasSize(1);
    }

    @Test
    void fetch_descriptionThatIsNone_isRefused() {
        for (String answer : List.of(
                "",
                "[]",
                "{\"sha\": \"x\"}",
                "{\"sha\": \"../..\", \"siblings\": []}",
                "{\"sha\": [], \"siblings\": []}",
                "{\"sha\": \"" + COMMIT + "\", \"siblings\": [{\"rfilename\": {}}]}",
                "{\"sha\": \"" + COMMIT + "\", \"siblings\": [{\"rfilename\": \"a\", \"size\": 1e99999}]}",
                "{\"sha\": \"" + COMMIT + "\", \"siblings\": [{\"rfilename\": \"a\", \"size\": -5}]}",
                "{\"sha\": \"" + COMMIT + "\", \"siblings\": [{\"rfilename\": \"a\", \"blobId\": \"../x\"}]}",
                "[".repeat(100_000))) {
            server.at("/api/models/org/model/revision/main", "application/json", answer);

            assertThatThrownBy(() -> source("").fetch(Progress.NONE))
                    .as(answer.substring(0, Math.min(80, answer.length())))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("something else than a repository's description");
        }
    }

    @Test
    void fetch_snapshotOfTheHubsOwnClient_isUsedWithoutNetwork() throws IOException {
        for (String variable : List.of("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")) {
            Path cache = folder.resolve(variable);
            Path theirs = cache.resolve((variable.equals("HF_HOME") ? "hub/" : "") + "models--org--model");
            Path snapshot = Files.createDirectories(theirs.resolve("snapshots/" + COMMIT));
            Files.createDirectories(theirs.resolve("refs"));
            Files.writeString(theirs.resolve("refs/main"), COMMIT);
            for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
                Files.write(snapshot.resolve(name), files.get(name));
            }

            assertThat(source("", variable, cache.toString()).fetch(Progress.NONE))
                    .isEqualTo(snapshot);
        }
        assertThat(server.seen).isEmpty();
    }

    @Test
    void fetch_halfASnapshotOfTheHubsOwnClient_isCompleted() throws IOException {
        publish();
        Files.createDirectories(snapshot());
        Files.createDirectories(repository().resolve("refs"));
        Files.writeString(repository().resolve("refs/main"), COMMIT);
        Files.write(snapshot().resolve("config.json"), files.get("config.json"));

        assertThat(source("").fetch(Progress.NONE)).isEqualTo(snapshot());
        assertThat(snapshot().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(server.count("/org/model/resolve/" + COMMIT + "/config.json"))
                .isZero();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs POSIX permissions")
    void fetch_cacheThatCannotBeWritten_saysWhichVariableMovesIt() throws IOException {
        publish();
        Path cache = Files.createDirectory(folder.resolve("readonly"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeThat(Files.isWritable(cache))
                .as("needs a user who is refused what permissions refuse")
                .isFalse();

        assertThatThrownBy(() -> source("", "HF_HUB_CACHE", cache.toString()).fetch(Progress.NONE))
                .hasMessageContaining("name another folder in HF_HUB_CACHE");
    }

    @Test
    void fetch_twoProcesses_downloadOnce() throws Exception {
        publish();
        // Slow enough that both processes are there while the first one downloads.
        server.at("/storage/" + LocalServer.sha256(WEIGHTS), exchange -> {
            exchange.sendResponseHeaders(200, WEIGHTS.length);
            for (int i = 0; i < 30; i++) {
                exchange.getResponseBody().write(WEIGHTS, i * 5000, 5000);
                exchange.getResponseBody().flush();
                java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            exchange.close();
        });
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    HubProcess.class.getName(),
                    "org/model");
            builder.environment().clear();
            builder.environment()
                    .putAll(Map.of(
                            "HF_ENDPOINT", server.uri("").toString(),
                            "HF_HOME", folder.resolve("hf").toString(),
                            "LLM_ADAPT_CACHE", folder.resolve("cache").toString()));
            processes.add(builder.redirectErrorStream(true).start());
        }
        for (Process process : processes) {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(Path.of(said.strip().lines().reduce((a, b) -> b).orElseThrow())
                            .resolve("model.safetensors"))
                    .hasBinaryContent(WEIGHTS);
        }
        assertThat(server.count("/storage/" + LocalServer.sha256(WEIGHTS))).isEqualTo(1);
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
