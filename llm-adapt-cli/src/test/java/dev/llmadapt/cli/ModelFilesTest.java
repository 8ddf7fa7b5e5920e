package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.CacheType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    private static final ModelChoice CHOICE =
            new ModelChoice("m", Precision.AS_STORED, Device.CPU, "", 0, CacheType.AS_COMPUTED, List.of());

    @TempDir
    Path folder;

    @Test
    void read_oneByteChanged_isAnotherModel() throws IOException {
        Path file = folder.resolve("m.gguf");
        byte[] bytes = new byte[3_000_000];
        Files.write(file, bytes);
        ModelFiles before = read(file);
        assertThat(before.weightBytes()).isEqualTo(3_000_000);
        assertThat(read(file)).isEqualTo(before);
        bytes[1_234_567] = 1;
        Files.write(file, bytes);
        assertThat(read(file).content()).isNotEqualTo(before.content());
    }

    @Test
    void read_computedOtherwise_isAnotherModel() throws IOException {
        Path file = Files.write(folder.resolve("m.gguf"), new byte[10]);
        ModelFiles other = ModelFiles.read(
                file,
                new ModelChoice("m", Precision.INT8, Device.CPU, "", 0, CacheType.AS_COMPUTED, List.of()),
                Progress.NONE);
        assertThat(other.content()).isNotEqualTo(read(file).content());
        ModelFiles rounded = ModelFiles.read(
                file,
                new ModelChoice("m", Precision.AS_STORED, Device.CPU, "", 0, CacheType.INT8, List.of()),
                Progress.NONE);
        assertThat(rounded.content()).isNotEqualTo(read(file).content());
        assertThat(ModelFiles.read(
                                file,
                                new ModelChoice(
                                        "m",
                                        Precision.AS_STORED,
                                        Device.CPU,
                                        "{{ x }}",
                                        0,
                                        CacheType.AS_COMPUTED,
                                        List.of()),
                                Progress.NONE)
                        .content())
                .isNotEqualTo(read(file).content());
    }

    @Test
    void read_folder_countsHalvesTwiceSinceTheyAreWidened() throws IOException {
        Files.write(folder.resolve("model.safetensors"), new byte[1000]);
        String full = "{\"torch_dtype\": \"float32\"}";
        Files.writeString(folder.resolve("config.json"), full);
        assertThat(read(folder).weightBytes()).isEqualTo(1000 + full.length());
        String half = "{\"dtype\":\"bfloat16\"}";
        Files.writeString(folder.resolve("config.json"), half);
        assertThat(read(folder).weightBytes()).isEqualTo(2L * (1000 + half.length()));
        Path exported = Files.write(folder.resolve("model.onnx"), new byte[10]);
        Files.write(folder.resolve("model.onnx_data"), new byte[90]);
        assertThat(read(exported).weightBytes()).isEqualTo(100);
    }

    private static ModelFiles read(Path file) {
        return ModelFiles.read(file, CHOICE, Progress.NONE);
    }
}
