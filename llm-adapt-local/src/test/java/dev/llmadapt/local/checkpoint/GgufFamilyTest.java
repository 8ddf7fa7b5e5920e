package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF files that llama.cpp computes right, against what transformers has ({@code make_families.py}). */
class GgufFamilyTest {
    private record Stored(List<Long> shape, long crc32) {}

    private record Golden(Map<String, Object> settings, Map<String, Stored> tensors) {
        double number(String... names) {
            for (String name : names) {
                if (settings.get(name) instanceof Double value) {
                    return value;
                }
            }
            throw new AssertionError("none of " + List.of(names) + " in " + settings);
        }
    }

    private static Golden golden(String family) throws IOException {
        return new Gson().fromJson(Files.readString(TestFiles.resource("families/" + family + ".json")), Golden.class);
    }

    private static Checkpoint open(String family) {
        return Checkpoint.open(TestFiles.resource("families/" + family + ".gguf"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "qwen3", "gemma2", "gemma3", "phi3", "gpt2"})
    void tensors_ofEachFamily_areThoseOfTransformers(String family) throws IOException {
        Golden golden = golden(family);
        try (Checkpoint checkpoint = open(family)) {
            assertThat(checkpoint.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(golden.tensors().keySet());
            golden.tensors().forEach((name, expected) -> {
                WeightTensor tensor = checkpoint.tensor(name);
                float[] values = tensor.toFloats();
                List<Long> shape = tensor.shape();
                if (family.equals("gpt2") && name.matches(".*\\.(c_attn|c_proj|c_fc)\\.weight")) {
                    values = transpose(values, tensor.rows(), tensor.rowLength());
                    shape = List.of(shape.get(1), shape.get(0));
                }
                assertThat(shape).as(name).isEqualTo(expected.shape());
                assertThat(crc32(values)).as(name).isEqualTo(expected.crc32());
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "qwen3", "gemma2", "gemma3", "phi3", "gpt2"})
    void config_ofEachFamily_isThatOfTransformers(String family) throws IOException {
        Golden golden = golden(family);
        try (Checkpoint checkpoint = open(family)) {
            ModelConfig config = checkpoint.config();
            assertThat(config.modelType()).isEqualTo(golden.settings().get("model_type"));
            assertThat(config.hiddenSize()).isEqualTo((int) golden.number("hidden_size", "n_embd"));
            assertThat(config.intermediateSize()).isEqualTo((int) golden.number("intermediate_size", "n_inner"));
            assertThat(config.layers()).isEqualTo((int) golden.number("num_hidden_layers", "n_layer"));
            assertThat(config.heads()).isEqualTo((int) golden.number("num_attention_heads", "n_head"));
            assertThat(config.headDim()).isEqualTo(16);
            assertThat(config.rotaryDim()).isEqualTo(family.equals("gpt2") ? 0 : 16);
            assertThat(config.contextLength()).isEqualTo((int) golden.number("max_position_embeddings", "n_positions"));
            assertThat(config.rmsNormEpsilon()).isEqualTo(golden.number("rms_norm_eps", "layer_norm_epsilon"));
            assertThat(config.tieWordEmbeddings()).isEqualTo(golden.settings().get("tie_word_embeddings"));
            assertThat(config.hiddenActivation())
                    .isEqualTo(golden.settings()
                            .getOrDefault(
                                    "hidden_activation",
                                    golden.settings()
                                            .getOrDefault(
                                                    "hidden_act",
                                                    golden.settings().get("activation_function"))));
            assertThat(config.biases())
                    .containsExactlyInAnyOrder(
                            switch (family) {
                                case "qwen2" -> new String[] {"q_proj", "k_proj", "v_proj"};
                                case "gpt2" -> new String[] {"c_attn", "c_proj", "c_fc"};
                                default -> new String[] {};
                            });
            if (family.startsWith("gemma")) {
                assertThat(config.windows()).startsWith(8, family.equals("gemma2") ? 0 : 8);
                assertThat(config.settings())
                        .containsEntry("query_pre_attn_scalar", golden.number("query_pre_attn_scalar"));
            }
            if (family.equals("gemma2")) {
                assertThat(config.settings())
                        .containsEntry("attn_logit_softcapping", golden.number("attn_logit_softcapping"))
                        .containsEntry("final_logit_softcapping", golden.number("final_logit_softcapping"));
            }
            if (family.equals("gemma3")) {
                assertThat(config.ropeTheta()).isEqualTo(1e6);
                assertThat(config.settings()).containsEntry("rope_local_base_freq", 1e4);
            }
        }
    }

    private static float[] transpose(float[] values, int rows, int columns) {
        float[] turned = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return turned;
    }

    private static long crc32(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
