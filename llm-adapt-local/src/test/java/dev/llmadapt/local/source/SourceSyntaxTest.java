package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceSyntaxTest {
    @TempDir
    Path folder;

    private ModelSource parse(String text) {
        return SourceSyntax.parse(text, LocalServer.environment(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "default, default",
        "org/repo, hf:org/repo@main",
        "hf:org/repo, hf:org/repo@main",
        "hf:gpt2, hf:gpt2@main",
        "org/repo@v1.0, hf:org/repo@v1.0",
        "hf:org/repo@refs/pr/3, hf:org/repo@refs/pr/3",
        "hf:org/repo/sub/m.gguf@v2, hf:org/repo/sub/m.gguf@v2",
        "org/repo/m.gguf, hf:org/repo/m.gguf@main"
    })
    void parse_knownForms_nameTheSource(String text, String source) {
        assertThat(parse(text)).hasToString(source);
    }

    @Test
    void parse_package_namesIt() {
        assertThat(parse("pypi:llm-x==1.0/llm_x/m.gguf#sha256=" + "a".repeat(64)))
                .isInstanceOf(PythonPackage.class)
                .hasToString("pypi:llm-x==1.0/llm_x/m.gguf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "/no/such/path",
                "./none",
                "~/none",
                "a/b/c",
                "hf:",
                "hf:a/b/c",
                "pypi:x==1/m.gguf",
                "pypi:x",
                "a/../b",
                "hf:../x",
                "model\0.gguf",
                "https://example.com/x"
            })
    void parse_anythingElse_isRefusedWithTheForms(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void path_checkpointFolderOrGgufFile_isItself() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Path file = Files.writeString(folder.resolve("m.gguf"), "GGUF");

        assertThat(parse(folder.toString()).fetch(Progress.NONE)).isEqualTo(folder);
        assertThat(parse(file.toString()).fetch(Progress.NONE)).isEqualTo(file);
    }

    @Test
    void path_anythingElse_saysWhatIsExpected() throws IOException {
        Path text = Files.writeString(folder.resolve("m.txt"), "x");

        assertThatThrownBy(() -> ModelSource.path(folder).fetch(Progress.NONE))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("has no config.json");
        assertThatThrownBy(() -> ModelSource.path(text).fetch(Progress.NONE))
                .hasMessageContaining("neither a .gguf nor an .onnx file");
        assertThatThrownBy(() -> ModelSource.path(folder.resolve("none")).fetch(Progress.NONE))
                .hasMessageContaining("no such model");
    }
}
