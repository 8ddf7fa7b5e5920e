package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelNamesTest {
    @Test
    void of_sources_areShort() {
        assertThat(ModelNames.of(List.of(
                        "default",
                        "/models/Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf",
                        "hf:org/Some-Model-GGUF/some-model-q8_0.gguf@v2",
                        "hf:HuggingFaceTB/SmolLM2-360M-Instruct",
                        "my/checkpoint/",
                        "pypi:p==1.0/p/Tiny.Q4_1.gguf#sha256=" + "0".repeat(64))))
                .containsExactly(
                        "smollm2-135m", "qwen2.5-coder-0.5b", "some-model", "smollm2-360m", "checkpoint", "tiny");
    }

    @Test
    void of_oneModelInTwoTypes_keepTheTypes() {
        assertThat(ModelNames.of(List.of("/a/m-instruct-q4_k_m.gguf", "/a/m-instruct-q8_0.gguf")))
                .containsExactly("m-instruct-q4_k_m", "m-instruct-q8_0");
        assertThat(ModelNames.of(List.of("/a/m", "/b/m"))).containsExactly("a-m", "b-m");
    }

    @Test
    void of_oneModelTwice_isRefused() {
        assertThatThrownBy(() -> ModelNames.of(List.of("default", "smollm2-135m")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("names one model twice, got default, smollm2-135m");
    }
}
