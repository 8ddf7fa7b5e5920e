package dev.llmadapt.cli.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShortNamesTest {
    @Test
    void of_paths_areTheLastPartsThatTellThemApart() {
        assertThat(ShortNames.of(List.of("/models/qwen/model.gguf", "default", "hf:org/smollm2-1.7b")))
                .containsExactly("model", "default", "smollm2-1.7b");
        assertThat(ShortNames.of(List.of("/m/a/model.gguf", "/m/b/model.gguf", "/m/c/other.gguf")))
                .containsExactly("a/model", "b/model", "other");
        assertThat(ShortNames.of(List.of("/m/a.gguf", "/m/a.onnx"))).containsExactly("a.gguf", "a.onnx");
        assertThat(ShortNames.of(List.of("C:\\m\\a.gguf", "b"))).containsExactly("a", "b");
    }

    @Test
    void of_shortNameThatAnotherHas_isLonger() {
        assertThat(ShortNames.of(List.of("/m/default.gguf", "default"))).containsExactly("default.gguf", "default");
        assertThat(ShortNames.of(List.of("a/b", "x/a/b"))).containsExactly("a/b", "x/a/b");
    }
}
