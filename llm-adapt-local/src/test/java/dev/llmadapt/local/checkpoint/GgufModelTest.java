package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
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
        assertThat(config.windows()).containsOnly(0);
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
        assertThat(config.windows()).containsOnly(12);
        assertThat(config.eosTokenIds()).containsExactlyInAnyOrder(2, 3);
        assertThat(config.bosTokenId()).isEqualTo(OptionalInt.of(1));
        assertThat(config.padTokenId()).isEmpty();
        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.biases()).contains("q_proj");
        assertThat(config.settings()).containsEntry("rope.scaling.type", "linear");
    }

    @Test
    void open_wrongMetadata_isRefusedWithItsName() {
        assertRefused(new GgufBuilder().put("a", 1), "general.architecture");
        assertRefused(new GgufBuilder().put("general.architecture", "llama"), "llama.attention.head_count", "missing");
        assertRefused(GgufBuilder.llama().put("llama.attention.key_length", 3), "heads of 3");
        assertRefused(GgufBuilder.llama().put("llama.attention.key_length", "x"), "attention.key_length", "got x");
        assertRefused(
                GgufBuilder.llama().put("llama.rope.scaling.type", "spiral"), "rope.scaling.type", "spiral", "yarn");
        assertRefused(GgufBuilder.llama().put("llama.rope.freq_base", Float.NaN), "rope_theta");
        assertRefused(GgufBuilder.llama().put("llama.rope.dimension_count", 4), "rotary dimensions");
        assertRefused(
                GgufBuilder.llama().put("llama.attention.sliding_window", new int[] {1, 2}),
                "each of 1 layers",
                "got 2");
        assertRefused(
                twoLayers().put("llama.attention.head_count", 2).put("llama.attention.head_count_kv", new int[] {1, 2}),
                "llama.attention.head_count_kv",
                "differ by layer");
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

    private static String name(String family, String name) {
        return GgufFamily.of(family, family.startsWith("gemma")).huggingFaceName(name);
    }

    @Test
    void huggingFaceName_ofEachKind_isMappedAndOthersKept() {
        assertThat(name("llama", "token_embd.weight")).isEqualTo("model.embed_tokens.weight");
        assertThat(name("llama", "output.weight")).isEqualTo("lm_head.weight");
        assertThat(name("llama", "blk.12.ffn_norm.weight"))
                .isEqualTo("model.layers.12.post_attention_layernorm.weight");
        assertThat(name("gemma2", "blk.12.ffn_norm.weight"))
                .isEqualTo("model.layers.12.pre_feedforward_layernorm.weight");
        assertThat(name("gemma3", "blk.12.attn_q_norm.weight")).isEqualTo("model.layers.12.self_attn.q_norm.weight");
        assertThat(name("phi3", "blk.1.attn_qkv.weight")).isEqualTo("model.layers.1.self_attn.qkv_proj.weight");
        assertThat(name("phi3", "blk.1.ffn_up.weight")).isEqualTo("model.layers.1.mlp.gate_up_proj.weight");
        assertThat(name("gpt2", "blk.1.attn_qkv.bias")).isEqualTo("transformer.h.1.attn.c_attn.bias");
        assertThat(name("gpt2", "position_embd.weight")).isEqualTo("transformer.wpe.weight");
        assertThat(name("qwen2", "blk.3.attn_v.bias")).isEqualTo("model.layers.3.self_attn.v_proj.bias");
        assertThat(name("llama", "blk.3.something.weight")).isEqualTo("blk.3.something.weight");
        assertThat(name("llama", "blk.")).isEqualTo("blk.");
        assertThat(name("llama", "rope_freqs.weight")).isEqualTo("rope_freqs.weight");
        assertThat(name("llama", "")).isEmpty();
    }

    @Test
    void open_valuesForEachLayerThatAreEqual_areReadAsTheOne() {
        ModelConfig config = open(twoLayers()
                        .put("llama.attention.head_count", new int[] {2, 2})
                        .put("llama.attention.head_count_kv", new int[] {1, 1}))
                .config();

        assertThat(config.heads()).isEqualTo(2);
        assertThat(config.keyValueHeads()).isEqualTo(1);
        assertThat(config.intermediateSize()).isEqualTo(8);
    }

    private static GgufBuilder twoLayers() {
        return new GgufBuilder()
                .put("general.architecture", "llama")
                .put("llama.block_count", 2)
                .put("llama.context_length", 16)
                .put("llama.embedding_length", 4)
                .put("llama.feed_forward_length", new int[] {8, 8})
                .put("llama.vocab_size", 8);
    }

    @Test
    void open_metadataThatChangesNumbers_isRefusedByName() {
        assertRefused(GgufBuilder.llama().put("llama.logit_scale", 0.5f), "llama.logit_scale: expected 1, got 0.5");
        assertRefused(GgufBuilder.llama().put("llama.attention.scale", 0.5f), "llama.attention.scale");
        assertRefused(GgufBuilder.llama().put("llama.attention.causal", false), "llama.attention.causal");
        assertRefused(GgufBuilder.llama().put("llama.pooling_type", 3), "llama.pooling_type");
        assertRefused(GgufBuilder.llama().put("llama.attention.value_length", 4), "attention.value_length", "2", "4");
        assertRefused(GgufBuilder.llama().put("llama.final_logit_softcapping", 30f), "final_logit_softcapping");
        assertRefused(GgufBuilder.llama().put("llama.rope.dimension_sections", new int[] {1, 2}), "dimension_sections");
        assertRefused(GgufBuilder.llama().put("llama.rope.scaling.attn_factor", 2f), "rope.scaling.attn_factor");
        assertRefused(GgufBuilder.llama().put("llama.of_tomorrow", 2), "llama.of_tomorrow", "could change");
        assertRefused(GgufBuilder.llama().put("general.type", "adapter"), "general.type", "adapter");
    }

    @Test
    void open_metadataOfOtherKinds_isPassedOver() {
        ModelConfig config = open(GgufBuilder.llama()
                        .put("general.type", "model")
                        .put("general.author", "me")
                        .put("quantize.imatrix.file", "a.dat")
                        .put("someone.else", 2)
                        .put("llama.logit_scale", 1f)
                        .put("llama.expert_count", 0)
                        .put("llama.use_parallel_residual", false)
                        .put("llama.rope.scaling.finetuned", true))
                .config();

        assertThat(config.modelType()).isEqualTo("llama");
    }

    @Test
    void open_factorWithoutAType_isLinearAsInLlamaCpp() {
        assertThat(open(GgufBuilder.llama().put("llama.rope.scaling.factor", 2f))
                        .config()
                        .ropeScaling())
                .isEqualTo(new RopeScaling.Linear(2));
        assertThat(open(GgufBuilder.llama().put("llama.rope.scale_linear", 2f))
                        .config()
                        .ropeScaling())
                .isEqualTo(new RopeScaling.Linear(2));
    }

    @Test
    void open_mixtureOfExperts_isRefused() {
        assertRefused(GgufBuilder.llama().put("llama.expert_count", 8), "llama.expert_count", "experts");
    }

    @Test
    void open_factorsByLength_areTakenOver() {
        GgufBuilder longAlone = GgufBuilder.llama().tensor("rope_factors_long.weight", new long[] {1}, 3);
        assertRefused(longAlone, "no tensor rope_factors_short.weight");
        ModelConfig config = open(GgufBuilder.llama()
                        .put("llama.rope.scaling.original_context_length", 8)
                        .put("llama.rope.scaling.attn_factor", 1.25f)
                        .tensor("rope_factors_long.weight", new long[] {1}, 3)
                        .tensor("rope_factors_short.weight", new long[] {1}, 1.5f))
                .config();

        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.LongRope(List.of(1.5f), List.of(3f), 8, 1.25));
    }

    @Test
    void open_yarn_isTakenOver() {
        GgufBuilder builder = GgufBuilder.llama()
                .put("llama.rope.scaling.type", "yarn")
                .put("llama.rope.scaling.factor", 4f)
                .put("llama.rope.scaling.original_context_length", 4);

        assertThat(open(builder).config().ropeScaling())
                .isEqualTo(new RopeScaling.Yarn(4, 4, 32, 1, true, 0.1 * Math.log(4) + 1));
    }

    @Test
    void open_turnEndThatTheFileDoesNotName_isFound() {
        GgufBuilder builder = GgufBuilder.llama()
                .put("tokenizer.ggml.tokens", List.of("a", "<eos>", "<end_of_turn>", "<end_of_Turn>"))
                .put("tokenizer.ggml.eos_token_id", 1);
        assertThat(open(builder).config().eosTokenIds()).containsExactly(1, 2);
        assertThat(open(builder.put("tokenizer.ggml.eot_token_id", 3)).config().eosTokenIds())
                .containsExactly(1, 3);
    }

    private Path split(String name, int no, int count, GgufBuilder builder) throws IOException {
        return Files.write(
                folder.resolve(name),
                builder.put("split.no", no).put("split.count", count).bytes());
    }

    @Test
    void open_files_splitByLlamaCpp_areOneModel() throws IOException {
        GgufBuilder first = GgufBuilder.llama()
                .put("split.tensors.count", 3)
                .tensor("token_embd.weight", new long[] {2, 2}, 1, 2, 3, 4);
        Path path = split("tiny-00001-of-00003.gguf", 0, 3, first);
        split("tiny-00002-of-00003.gguf", 1, 3, new GgufBuilder().tensor("output_norm.weight", new long[] {2}, 5, 6));
        Path last = split(
                "tiny-00003-of-00003.gguf", 2, 3, new GgufBuilder().tensor("output.weight", new long[] {2, 1}, 7, 8));

        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.name()).isEqualTo("tiny");
            assertThat(checkpoint.tensors().keySet())
                    .containsExactly("model.embed_tokens.weight", "model.norm.weight", "lm_head.weight");
            assertThat(checkpoint.tensor("lm_head.weight").toFloats()).containsExactly(7, 8);
            assertThat(checkpoint.config().tieWordEmbeddings()).isFalse();
        }
        assertThatThrownBy(() -> Checkpoint.open(last))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("not the first of its 3", "tiny-00001-of-00003.gguf");
    }

    @Test
    void open_filesThatDoNotBelongTogether_areRefused() throws IOException {
        Path alone = split("a-00001-of-00002.gguf", 0, 2, GgufBuilder.llama());
        assertThatThrownBy(() -> Checkpoint.open(alone)).hasMessageContainingAll("a-00002-of-00002.gguf", "missing");
        split("a-00002-of-00002.gguf", 0, 2, GgufBuilder.llama()); // the first again
        assertThatThrownBy(() -> Checkpoint.open(alone))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("says it is number 0 of 2, expected 1 of 2");
        split("a-00002-of-00002.gguf", 1, 2, GgufBuilder.llama().put("split.tensors.count", 9));
        Path counted = split("a-00001-of-00002.gguf", 0, 2, GgufBuilder.llama().put("split.tensors.count", 9));
        assertThatThrownBy(() -> Checkpoint.open(counted)).hasMessageContaining("says the model has 9 tensors");
        Path renamed = split("b.gguf", 0, 2, GgufBuilder.llama());
        assertThatThrownBy(() -> Checkpoint.open(renamed)).hasMessageContaining("NAME-00001-of-00002.gguf");
        Path many = split("c-00001-of-99999.gguf", 0, 99999, GgufBuilder.llama());
        assertThatThrownBy(() -> Checkpoint.open(many)).hasMessageContaining("expected 1 to 1000");
        Path none = split("d-00001-of-00000.gguf", 0, 0, GgufBuilder.llama());
        assertThatThrownBy(() -> Checkpoint.open(none)).isInstanceOf(CheckpointException.class);
    }
}
