package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.llmadapt.natives.OnnxRuntime;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The CPU-only artifact and the one with CUDA stand in for each other; {@code -Pcpu} builds with the former. */
final class OnnxRuntimeArtifactTest {
    @Test
    void artifact_onTheClassPath_isTheChosenOneAlone() throws IOException {
        String expected = System.getProperty("expected.onnxruntime.artifact", "onnxruntime_gpu");

        List<URL> found =
                Collections.list(getClass().getClassLoader().getResources("ai/onnxruntime/OrtEnvironment.class"));

        assertThat(found).hasSize(1);
        assertThat(found.get(0).getPath()).contains("/" + expected + "-");
    }

    @Test
    void artifact_loads_fromTheUnpackedLibraries() {
        OnnxRuntime.start();

        try (OrtEnvironment environment = OrtEnvironment.getEnvironment()) {
            assertThat(environment.getVersion()).isNotEmpty();
            assertThat(OrtEnvironment.getAvailableProviders()).contains(OrtProvider.CPU);
        }
        assertThat(System.getProperty("onnxruntime.native.path")).isNotEmpty();
    }
}
