package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder as the first GPT-2 is published: names without a prefix, masks among the weights, few settings. */
class Gpt2FolderTest {
    private static final String CONFIG =
            "{\"model_type\":\"gpt2\",\"n_embd\":4,\"n_layer\":1,\"n_head\":2," + "\"n_positions\":16,\"vocab_size\":8";

    @TempDir
    Path folder;

    private Checkpoint open(String... extraSettings) {
        TestFiles.write(folder, "config.json", CONFIG + String.join("", extraSettings) + "}");
        return Checkpoint.open(folder);
    }

    /** One matrix (2, 3) and one vector of numbers 0, 1, 2, ... */
    private void write(String matrix, String vector, String dtype) {
        boolean wide = dtype.equals("F32");
        int size = wide ? 4 : 2;
        String header = "{\"" + matrix + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[2,3],\"data_offsets\":[0,"
                + 6 * size
                + "]},\"" + vector + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[3],\"data_offsets\":[" + 6 * size + ","
                + 9 * size + "]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 9 * size).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 9; i++) {
            int bits = Float.floatToIntBits(i);
            if (wide) {
                file.putInt(bits);
            } else {
                file.putShort((short) (bits >> 16));
            }
        }
        try {
            Files.write(folder.resolve("model.safetensors"), file.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "BF16"})
    void open_projections_areTurnedAndNamed(String dtype) {
        write("h.0.attn.c_attn.weight", "h.0.attn.c_attn.bias", dtype);
        try (Checkpoint checkpoint = open()) {
            WeightTensor turned = checkpoint.tensor("transformer.h.0.attn.c_attn.weight");
            assertThat(turned.shape()).containsExactly(3L, 2L);
            assertThat(turned.toFloats()).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(turned.rowsInOrder()).isFalse();
            assertThat(turned.asStored().toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(checkpoint.tensor("transformer.h.0.attn.c_attn.bias").toFloats())
                    .containsExactly(6, 7, 8);
        }
    }

    @Test
    void open_masks_areLeftOutAndEmbeddingsKept() {
        write("wte.weight", "h.0.attn.masked_bias", "F32");
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("transformer.wte.weight");
            assertThat(checkpoint.tensor("transformer.wte.weight").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(checkpoint.embeddingModule()).isEqualTo("transformer.wte");
        }
    }

    @Test
    void open_settings_areUnderstoodUnderTheirNames() {
        write("wte.weight", "ln_f.weight", "F32");
        ModelConfig config = open(",\"n_inner\":null").config();
        assertThat(config.hiddenSize()).isEqualTo(4);
        assertThat(config.intermediateSize()).isEqualTo(16);
        assertThat(config.layers()).isEqualTo(1);
        assertThat(config.heads()).isEqualTo(2);
        assertThat(config.rotaryDim()).isZero();
        assertThat(config.contextLength()).isEqualTo(16);
        assertThat(config.rmsNormEpsilon()).isEqualTo(1e-5);
        assertThat(config.hiddenActivation()).isEqualTo("gelu_new");
        assertThat(config.tieWordEmbeddings()).isTrue();

        config = open(",\"n_inner\":12,\"layer_norm_epsilon\":1e-6,\"activation_function\":\"silu\"")
                .config();
        assertThat(config.intermediateSize()).isEqualTo(12);
        assertThat(config.rmsNormEpsilon()).isEqualTo(1e-6);
        assertThat(config.hiddenActivation()).isEqualTo("silu");
    }

    @Test
    void open_whatIsWrong_isRefusedByName() {
        write("h.0.attn.c_attn.weight", "h.0.mlp.c_fc.weight", "F32");
        assertThatThrownBy(this::open)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("h.0.mlp.c_fc.weight", "a matrix of floats");
        write("wte.weight", "transformer.wte.weight", "F32");
        assertThatThrownBy(this::open)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("transformer.wte.weight", "twice");
        write("wte.weight", "ln_f.weight", "F32");
        assertThatThrownBy(() -> open(",\"add_cross_attention\":true"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("add_cross_attention");
    }
}
