package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static float[] golden(String tensor) throws Exception {
        return Files.readAllLines(TestFiles.resource("tiny-llama.txt")).stream()
                .filter(line -> line.startsWith(tensor + " "))
                .map(line -> TestFiles.floats(line.substring(tensor.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void open_folderOfTransformers_givesItsWeightsAndConfiguration() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("tiny-llama"))) {
            assertThat(checkpoint.name()).isEqualTo("tiny-llama");
            ModelConfig config = checkpoint.config();
            assertThat(config.modelType()).isEqualTo("llama");
            assertThat(config.hiddenSize()).isEqualTo(32);
            assertThat(config.intermediateSize()).isEqualTo(64);
            assertThat(config.layers()).isEqualTo(1);
            assertThat(config.heads()).isEqualTo(4);
            assertThat(config.keyValueHeads()).isEqualTo(2);
            assertThat(config.headDim()).isEqualTo(8);
            assertThat(config.rotaryDim()).isEqualTo(8);
            assertThat(config.vocabularySize()).isEqualTo(40);
            assertThat(config.contextLength()).isEqualTo(256);
            assertThat(config.rmsNormEpsilon()).isEqualTo(1e-5);
            assertThat(config.ropeTheta()).isEqualTo(500000);
            assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 64));
            assertThat(config.tieWordEmbeddings()).isTrue();
            assertThat(config.bosTokenId()).isEqualTo(OptionalInt.of(1));
            assertThat(config.eosTokenIds()).containsExactly(2, 5);
            assertThat(config.padTokenId()).isEmpty();
            assertThat(config.torchDtype()).isEqualTo(Optional.of("bfloat16"));
            assertThat(config.settings()).containsEntry("pretraining_tp", 1.0).containsEntry("use_cache", true);

            assertThat(checkpoint.tensors()).hasSize(11);
            for (String name : List.of(
                    "model.layers.0.self_attn.q_proj.weight",
                    "model.layers.0.self_attn.k_proj.weight",
                    "model.norm.weight")) {
                WeightTensor tensor = checkpoint.tensor(name);
                assertThat(tensor.encoding()).isEqualTo(WeightEncoding.BF16);
                assertThat(tensor.data().isDirect()).isTrue();
                assertThat(tensor.toFloats()).as(name).isEqualTo(golden(name));
            }
            assertThat(checkpoint.tensor("model.layers.0.mlp.down_proj.weight").shape())
                    .containsExactly(32L, 64L);
        }
    }

    @Test
    void open_sameModelAsGguf_givesTheSameUnpermutedWeights() throws Exception {
        try (Checkpoint folder = Checkpoint.open(TestFiles.resource("tiny-llama"));
                Checkpoint gguf = Checkpoint.open(TestFiles.resource("tiny-llama.gguf"))) {
            assertThat(gguf.name()).isEqualTo("tiny-llama");
            assertThat(gguf.config().ropeScaling()).isEqualTo(new RopeScaling.Factors(List.of(1f, 1f, 4.5f, 8f)));
            assertThat(gguf.config().rmsNormEpsilon()).isEqualTo(1e-5);
            assertThat(gguf.config().tieWordEmbeddings()).isTrue();
            for (WeightTensor expected : folder.tensors().values()) {
                WeightTensor actual = gguf.tensor(expected.name());
                assertThat(actual.shape()).as(expected.name()).isEqualTo(expected.shape());
                boolean rotary =
                        expected.name().contains("q_proj") || expected.name().contains("k_proj");
                assertThat(actual.rowsInOrder()).as(expected.name()).isEqualTo(!rotary);
                float tolerance = switch (actual.encoding()) {
                    case F32 -> 0;
                    case F16 -> 1e-4f;
                    default -> 1e-3f;
                };
                assertThat(actual.toFloats())
                        .as(expected.name())
                        .usingComparatorWithPrecision(tolerance)
                        .containsExactly(expected.toFloats());
            }
        }
    }

    @Test
    void tensor_unknownName_isRefusedWithTheFile() {
        Path folder = TestFiles.resource("tiny-llama");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor("lm_head.weight"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("lm_head.weight")
                    .hasMessageContaining(folder.toString());
        }
    }

    @Test
    void tensor_unsupportedType_isRefusedWithTheType(@TempDir Path folder) {
        Path file = GgufBuilder.llama()
                .tensorInfo("output.weight", new long[] {256, 1}, 16, 0)
                .write(folder);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.tensors()).isEmpty();
            assertThatThrownBy(() -> checkpoint.tensor("lm_head.weight"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("ggml type 16");
        }
    }

    @Test
    void use_afterClose_isMisuseButTensorsTakenBeforeStay() {
        Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("tiny-llama"));
        WeightTensor norm = checkpoint.tensor("model.norm.weight");

        checkpoint.close();
        checkpoint.close();

        assertThatThrownBy(checkpoint::tensors).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> checkpoint.tensor("model.norm.weight")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(checkpoint::tokenizer).isInstanceOf(IllegalStateException.class);
        assertThat(norm.toFloats()).hasSize(32);
    }

    @Test
    void open_somethingElse_saysWhatIsExpected(@TempDir Path folder) {
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("absent")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no such checkpoint");
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no config.json");
        assertThatThrownBy(() -> Checkpoint.open(TestFiles.write(folder, "x.safetensors", "")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("give the folder");
        assertThatThrownBy(
                        () -> Checkpoint.open(TestFiles.write(folder, "x.gguf", "GGML and more, and more, and more")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not a GGUF file");
        assertThatThrownBy(() -> Checkpoint.open(TestFiles.write(folder, "empty.gguf", "")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not a GGUF file");
    }
}
