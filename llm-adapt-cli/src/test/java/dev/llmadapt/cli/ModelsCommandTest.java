package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    @Test
    void models_table_namesEachWithItsFigures() throws IOException {
        Path json = folder.resolve("models.json");
        assertThat(run("models", "--json", json.toString())).isZero();
        assertThat(text(out)).contains("smollm2-135m", "qwen2.5-coder-1.5b", "Apache-2.0", "not measured");
        assertThat(JsonParser.parseString(Files.readString(json))
                        .getAsJsonObject()
                        .getAsJsonArray("models"))
                .hasSize(KnownModel.all().size());
    }

    @Test
    void all_sources_areOfAFormThatIsKnown() {
        for (KnownModel model : KnownModel.all()) {
            assertThat(KnownModel.sourceOf(model.id())).isEqualTo(model.source());
            ModelSource.parse(model.source()); // opens nothing
        }
        assertThat(KnownModel.all().get(0).source()).isEqualTo("default");
        assertThat(KnownModel.all()).extracting(KnownModel::id).doesNotHaveDuplicates();
    }

    @Test
    void sourceOf_typo_tellsNamesLikeIt() {
        assertThat(KnownModel.sourceOf("some/path.gguf")).isEqualTo("some/path.gguf");
        assertThat(KnownModel.sourceOf("hf:a/b")).isEqualTo("hf:a/b");
        assertThatThrownBy(() -> KnownModel.sourceOf("smolm2-135m"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("no such model: 'smolm2-135m', did you mean smollm2-135m? expected a name");
        assertThatThrownBy(() -> KnownModel.sourceOf("qwen-1.5b"))
                .hasMessageContaining("did you mean qwen2.5-1.5b or qwen2.5-coder-1.5b?");
        assertThatThrownBy(() -> KnownModel.sourceOf("zzz"))
                .hasMessageContaining("no such model: 'zzz', expected a name");
    }

    @Test
    void model_listWhereOneIsTaken_isRefusedByName() {
        refuses(
                "--model takes one model here, got 2: default, qwen2.5-0.5b",
                "generate",
                "--model",
                "default,qwen2.5-0.5b",
                "hello");
        refuses(
                "--model takes one model here, got 2: a.gguf, b.gguf",
                "chat",
                "--model",
                "a.gguf",
                "--model",
                "b.gguf");
        refuses("--model has an empty name in its list, got 'a.gguf,'", "chat", "--model", "a.gguf,");
    }
}
