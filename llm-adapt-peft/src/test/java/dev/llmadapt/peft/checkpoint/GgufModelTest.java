package dev.llmadapt.peft.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.peft.CheckpointException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufModelTest {
    @TempDir
    Path folder;

    private Checkpoint open(GgufBuilder builder) {
        return Checkpoint.open(builder.write(folder));
    }

    private void assertRefused(GgufBuilder builder, String... parts) {
        assertThatThrownBy(() -> open(builder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.gguf")
                .hasMessageContainingAll(parts);
    }

    @Test
    void open_minimalMetadata_fillsInTheDefaults() {
        ModelConfig config = open(GgufBuilder.llama()).config();

        assertThat(config.modelType()).isEqualTo("llama");
        assertThat(config.headDim()).isEqualTo(2);
        assertThat(config.rotaryDim()).isEqualTo(2);
        assertThat(config.keyValueHeads()).isEqualTo(1);
        assertThat(config.vocabularySize()).isEqualTo(8);
        assertThat(config.ropeTheta()).isEqualTo(10000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.tieWordEmbeddings()).isTrue();
        assertThat(config.hiddenActivation()).isEqualTo("silu");
        assertThat(config.eosTokenIds()).isEmpty();
        assertThat(config.slidingWindow()).isZero();
    }

    @Test
    void open_optionalMetadata_isTakenOver() {
        ModelConfig config = open(GgufBuilder.llama()
                        .put("llama.attention.key_length", 6)
                        .put("llama.rope.dimension_count", 4)
                        .put("llama.rope.freq_base", 5e5f)
                        .put("llama.rope.scaling.type", "linear")
                        .put("llama.rope.scaling.factor", 2f)
                        .put("llama.attention.sliding_window", 12)
                        .put("tokenizer.ggml.eos_token_id", 3)
                        .put("tokenizer.ggml.eot_token_id", 2)
                        .put("tokenizer.ggml.padding_token_id", 99)
                        .put("tokenizer.ggml.bos_token_id", 1)
                        .tensor("output.weight", new long[] {1}, 1)
                        .tensor("blk.0.attn_q.bias", new long[] {12}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
                .config();

        assertThat(config.headDim()).isEqualTo(6);
        assertThat(config.rotaryDim()).isEqualTo(4);
        assertThat(config.ropeTheta()).isEqualTo(500000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
        assertThat(config.slidingWindow()).isEqualTo(12);
        assertThat(config.eosTokenIds()).containsExactlyInAnyOrder(2, 3);
        assertThat(config.bosTokenId()).isEqualTo(OptionalInt.of(1));
        assertThat(config.padTokenId()).isEmpty();
        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.attentionBias()).isTrue();
        assertThat(config.settings()).containsEntry("rope.scaling.type", "linear");
    }

    @Test
    void open_wrongMetadata_isRefusedWithItsName() {
        assertRefused(new GgufBuilder().put("a", 1), "general.architecture");
        assertRefused(new GgufBuilder().put("general.architecture", "llama"), "llama.attention.head_count", "missing");
        assertRefused(GgufBuilder.llama().put("llama.attention.key_length", 3), "heads of 3");
        assertRefused(GgufBuilder.llama().put("llama.attention.key_length", "x"), "attention.key_length", "got x");
        assertRefused(GgufBuilder.llama().put("llama.rope.scaling.type", "yarn"), "rope.scaling.type", "yarn");
        assertRefused(GgufBuilder.llama().put("llama.rope.freq_base", Float.NaN), "rope_theta");
        assertRefused(GgufBuilder.llama().put("llama.rope.dimension_count", 4), "rotary dimensions");
        assertRefused(GgufBuilder.llama().put("llama.attention.sliding_window", new int[] {1, 2}), "differ by layer");
        assertRefused(
                GgufBuilder.llama().tensor("rope_freqs.weight", new long[] {2}, 1, 1), "rope_freqs must have 1 values");
        assertRefused(
                GgufBuilder.llama().tensor("rope_freqs.weight", new long[] {1}, 0), "rope_freqs must be positive");
    }

    @Test
    void open_familyThatIsNotInterleaved_keepsItsRows() {
        GgufBuilder builder = new GgufBuilder().put("general.architecture", "qwen2");
        for (String key : List.of(
                "block_count",
                "context_length",
                "embedding_length",
                "feed_forward_length",
                "attention.head_count",
                "vocab_size")) {
            builder.put("qwen2." + key, key.startsWith("embedding") ? 4 : 1);
        }
        Checkpoint checkpoint = open(builder.tensor("blk.0.attn_q.weight", new long[] {4, 1}, 1, 2, 3, 4));

        WeightTensor query = checkpoint.tensor("model.layers.0.self_attn.q_proj.weight");
        assertThat(query.rowsInOrder()).isTrue();
        assertThat(query.toFloats()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void huggingFaceName_ofEachKind_isMappedAndOthersKept() {
        assertThat(GgufModel.huggingFaceName("token_embd.weight", false)).isEqualTo("model.embed_tokens.weight");
        assertThat(GgufModel.huggingFaceName("output.weight", false)).isEqualTo("lm_head.weight");
        assertThat(GgufModel.huggingFaceName("blk.12.ffn_norm.weight", false))
                .isEqualTo("model.layers.12.post_attention_layernorm.weight");
        assertThat(GgufModel.huggingFaceName("blk.12.ffn_norm.weight", true))
                .isEqualTo("model.layers.12.pre_feedforward_layernorm.weight");
        assertThat(GgufModel.huggingFaceName("blk.3.attn_v.bias", false))
                .isEqualTo("model.layers.3.self_attn.v_proj.bias");
        assertThat(GgufModel.huggingFaceName("blk.3.something.weight", false)).isEqualTo("blk.3.something.weight");
        assertThat(GgufModel.huggingFaceName("blk.", false)).isEqualTo("blk.");
        assertThat(GgufModel.huggingFaceName("rope_freqs.weight", false)).isEqualTo("rope_freqs.weight");
        assertThat(GgufModel.huggingFaceName("", false)).isEmpty();
    }
}
