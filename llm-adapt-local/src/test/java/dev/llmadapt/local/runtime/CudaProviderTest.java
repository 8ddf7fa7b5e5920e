package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import com.sun.jna.Pointer;
import dev.llmadapt.InferenceException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class CudaProviderTest {
    @Test
    void appendCuda_whereLibrariesAreMissing_saysWhichAndWhatToDo() {
        Assumptions.assumeFalse(Boolean.getBoolean("cuda"), "the libraries are there");
        Assumptions.assumeTrue(
                OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA), "needs a build without -Pcpu");
        OrtApi api = OrtApi.get();
        Pointer options = api.options(Execution.of(1));
        try {
            assertThatThrownBy(() -> CudaProvider.explained(0, () -> api.appendCuda(options, CudaProvider.settings(0))))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageContaining("CUDA GPU 0 cannot be used")
                    .hasMessageContaining("LD_LIBRARY_PATH")
                    .hasMessageContaining("docs/guides/cuda.md");
        } finally {
            api.releaseOptions(options);
        }
    }

    @Test
    void explained_onABuildForTheCpu_saysWhichBuildToTake() {
        assertThatThrownBy(() -> CudaProvider.explained(1, false, () -> fail("must not be tried")))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("CUDA GPU 1 cannot be used: this ONNX Runtime was built without CUDA")
                .hasMessageContaining("onnxruntime_gpu")
                .hasMessageContaining("LLM_ADAPT_CPU=0")
                .hasMessageContaining("Device.CPU");
    }
}
