package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Precision;
import dev.llmadapt.Request;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    private final Path checkpoint = Golden.folder("tiny-llama");

    @ParameterizedTest
    @CsvSource({"cpu, cpu", "cuda, cuda:0:bf16", "CUDA:3, cuda:3:bf16", "cuda:1:fp16, cuda:1:fp16"})
    void of_name_isTheDeviceThatSaysSo(String name, String expected) {
        assertThat(Device.of(name)).hasToString(expected).isEqualTo(Device.of(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cpu:0", "cuda:", "cuda:x", "cuda:-1", "cuda:0:fp8", "cuda:0:fp16:1"})
    void of_unknownName_isRefusedWithThoseThereAre(String name) {
        assertThatThrownBy(() -> Device.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'")
                .hasMessageContaining("cuda:GPU");
    }

    @Test
    void withDevice_gpuIn32Bits_isRefused() {
        ModelOptions floats = ModelOptions.defaults().withPrecision(Precision.FP32);
        assertThatThrownBy(() -> floats.withDevice(Device.cuda(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FP32")
                .hasMessageContaining("INT8");
    }

    @Test
    void open_withoutDriver_saysWhatIsMissing() {
        Assumptions.assumeFalse(Boolean.getBoolean("cuda"), "there is a driver");
        ModelOptions options = ModelOptions.defaults().withDevice(Device.cuda(0));
        assertThatThrownBy(() -> LocalModel.open(checkpoint, options))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("NVIDIA driver")
                .hasMessageContaining("Device.CPU");
    }

    @Test
    void guide_onACard_answers() {
        Assumptions.assumeTrue(Boolean.getBoolean("cuda"), "needs a CUDA GPU and -Dcuda=true");
        // guide
        ModelOptions options =
                ModelOptions.defaults().withDevice(Device.cuda(0)).withMaxBatch(64);
        try (LocalModel model = LocalModel.open(checkpoint, options)) {
            String answer = model.generate(Request.of("my card is gone")).text();
            // end
            assertThat(answer).isNotEmpty();
        }
        assertThat(Device.cuda(0).withDtype(DataType.F16)).hasToString("cuda:0:fp16");
    }
}
