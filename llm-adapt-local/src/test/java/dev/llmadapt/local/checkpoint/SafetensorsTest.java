package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    private static String tensor(String name, String type, String shape, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    private void assertRefused(String header, int dataBytes, String... parts) {
        Path file = TestFiles.writeSafetensors(folder, "x.safetensors", header, dataBytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .as(header)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("x.safetensors")
                .hasMessageContainingAll(parts);
    }

    @Test
    void read_adapterOfPeft_givesItsFactors() {
        Path file = TestFiles.shared("peft_lora_smollm2_360m/checkpoint-63/adapter_model.safetensors");

        Map<String, WeightTensor> tensors = Safetensors.read(file);

        assertThat(tensors).isNotEmpty();
        assertThat(tensors.keySet()).allMatch(name -> name.contains("lora_A") || name.contains("lora_B"));
        assertThat(tensors.values())
                .allSatisfy(tensor -> assertThat(tensor.size()).isPositive());
    }

    @Test
    void read_headerOfAnyOrderAndPadding_isAccepted() throws Exception {
        Path file = TestFiles.writeSafetensors(
                folder,
                "x.safetensors",
                "{" + tensor("b", "F32", "[1,2]", 4, 12) + ",\"__metadata__\":{\"format\":\"pt\"},"
                        + tensor("a", "BF16", "[2]", 0, 4) + "," + tensor("none", "F32", "[0,7]", 12, 12) + "}   ",
                12);

        Map<String, WeightTensor> tensors = Safetensors.read(file);

        assertThat(tensors.keySet()).containsExactly("b", "a", "none");
        assertThat(Objects.requireNonNull(tensors.get("b")).shape()).containsExactly(1L, 2L);
    }

    @Test
    void read_headerLengthBeyondTheFile_isRefused() throws Exception {
        Path file = folder.resolve("x.safetensors");
        for (long length : new long[] {0, 1, 9, 1L << 40, -1, Long.MIN_VALUE}) {
            Files.write(file, GgufBuilder.little(16).putLong(length).putLong(0).array());
            assertThatThrownBy(() -> Safetensors.read(file))
                    .as("length %d", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("header");
        }
        Files.write(file, new byte[5]);
        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(CheckpointException.class);
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("Git LFS");
    }

    @Test
    void read_headerThatIsNotTheExpectedJson_isRefused() {
        assertRefused("[]", 0, "header");
        assertRefused("{", 0, "header");
        assertRefused("{}{}", 0, "header");
        assertRefused("{\"a\":3}", 0, "header");
        assertRefused("{\"a\":{}}", 0, "tensor a lacks");
        assertRefused("{'a':{}}", 0, "header");
        assertRefused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "header");
        assertRefused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 8, "more than 2");
        assertRefused("{\"a\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(20) + "1]}}", 8, "more than 8");
        assertRefused("{\"a\":" + "[".repeat(100_000) + "}", 0, "header");
    }

    @Test
    void read_offsetsAndShapesThatDisagree_areRefused() {
        assertRefused("{" + tensor("a", "F32", "[2]", 0, 4) + "}", 4, "tensor a", "takes 8 bytes");
        assertRefused("{" + tensor("a", "F32", "[2]", 0, 8) + "}", 4, "tensor a", "outside");
        assertRefused("{" + tensor("a", "F32", "[2]", 8, 0) + "}", 8, "tensor a", "data_offsets");
        assertRefused("{" + tensor("a", "F32", "[2]", -8, 0) + "}", 8, "tensor a", "data_offsets");
        long far = Long.MAX_VALUE - 8;
        assertRefused("{" + tensor("a", "F32", "[2]", far, far + 8) + "}", 8, "tensor a", "data_offsets");
        assertRefused("{" + tensor("a", "F32", "[-2]", 0, 8) + "}", 8, "tensor a", "impossible shape");
        assertRefused("{" + tensor("a", "F32", "[4294967296,4294967296]", 0, 0) + "}", 8, "impossible shape");
        assertRefused("{" + tensor("a", "F32", "[0,4294967296]", 0, 0) + "}", 0, "tensor a", "out of range");
        assertRefused(
                "{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 4, 12) + "}",
                12,
                "tensor b",
                "overlaps");
        assertRefused(
                "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("a", "F32", "[1]", 4, 8) + "}", 8, "tensor a");
    }

    @Test
    void read_unsupportedType_isRefused() {
        assertRefused("{" + tensor("a", "F8_E4M3", "[4]", 0, 4) + "}", 4, "tensor a", "F8_E4M3");
        assertRefused("{" + tensor("a", "I64", "[1]", 0, 8) + "}", 8, "tensor a", "I64");
        assertRefused("{" + tensor("a", "I64", "[1]", 0, 4) + "}", 8, "tensor a", "takes 8 bytes");
    }

    /** A file with holes, which takes no room where the file system knows them. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void read_fileOfSeveralGibibytes_mapsEachTensorAtItsPlace() throws Exception {
        long values = 300L << 20;
        long bytes = 4 * values;
        String header = "{" + tensor("a", "F32", "[1048576,300]", 0, bytes) + ","
                + tensor("b", "F32", "[1048576,300]", bytes, 2 * bytes) + ","
                + tensor("c", "F32", "[2]", 2 * bytes, 2 * bytes + 8) + "}";
        Path file = TestFiles.writeSafetensors(folder, "x.safetensors", header, 0);
        long start = Files.size(file);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(start + 2 * bytes + 8);
            sparse.seek(start + 2 * bytes - 4);
            sparse.write(GgufBuilder.little(8).putFloat(5).putFloat(7).array());
        }

        Map<String, WeightTensor> tensors = Safetensors.read(file);

        float[] row = new float[300];
        Objects.requireNonNull(tensors.get("b")).dequantizeRow((1 << 20) - 1, row, 0);
        assertThat(row[299]).isEqualTo(5);
        assertThat(Objects.requireNonNull(tensors.get("c")).toFloats()).containsExactly(7, 0);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void read_tensorOfTwoGibibytes_isRefused() throws Exception {
        String header = "{" + tensor("a", "F32", "[536870912]", 0, 1L << 31) + "}";
        Path file = TestFiles.writeSafetensors(folder, "x.safetensors", header, 0);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(Files.size(file) + (1L << 31));
        }

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("tensor a", "2 GiB");
    }

    @Test
    void read_nameOfAMillionCharacters_isShownInPart() {
        Path file = TestFiles.writeSafetensors(
                folder, "x.safetensors", "{\"" + "n".repeat(1_000_000) + "\":{\"dtype\":\"F32\"}}", 4);

        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("characters ...")
                .hasMessageContaining("lacks one of dtype")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(5000));
    }
}
