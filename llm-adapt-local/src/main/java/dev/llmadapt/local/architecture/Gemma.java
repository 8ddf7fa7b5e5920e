package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.architecture.Blocks.Normed;
import dev.llmadapt.local.architecture.Blocks.Residual;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.RopeScaling;
import dev.llmadapt.local.graph.Value;
import java.util.Optional;

/**
 * Gemma 2 and 3 (Gemma Team 2024, 2025): embeddings scaled by the root of their width, norms before and after each half
 * of a block, stored around 0, layers that see all tokens among layers that see the last ones. Gemma 2 caps scores and
 * logits; Gemma 3 norms each head's queries and keys, and its layers with a window have positions of their own.
 */
final class Gemma {
    private static final float OFFSET = 1;
    private static final double LOCAL_THETA = 10_000;

    private Gemma() {}

    static Family second() {
        return family(Gemma::second);
    }

    static Family third() {
        return family(Gemma::third);
    }

    private static Family family(Family.Layer layer) {
        return new Family(
                layer,
                new Norm("model.norm.weight", OFFSET),
                Optional.empty(),
                Gemma::scale,
                config -> setting(config, "final_logit_softcapping", 0));
    }

    private static double scale(ModelConfig config) {
        return Math.sqrt(config.hiddenSize());
    }

    private static Residual second(Blocks blocks, int layer, Residual x) {
        ModelConfig config = blocks.config();
        return block(
                blocks,
                layer,
                x,
                scored(config, layer).withWindow(config.windows().get(layer)));
    }

    private static Residual third(Blocks blocks, int layer, Residual x) {
        ModelConfig config = blocks.config();
        String prefix = "model.layers." + layer + ".self_attn.";
        int window = config.windows().get(layer);
        Rotary local = new Rotary(
                "rotary.local", setting(config, "rope_local_base_freq", LOCAL_THETA), new RopeScaling.None());
        return block(
                blocks,
                layer,
                x,
                scored(config, layer)
                        .withWindow(window)
                        .withRotary(window > 0 ? local : Rotary.of(config))
                        .withNorms(
                                new Norm(prefix + "q_norm.weight", OFFSET),
                                new Norm(prefix + "k_norm.weight", OFFSET)));
    }

    /** A number among the settings. */
    private static double setting(ModelConfig config, String name, double otherwise) {
        return config.settings().get(name) instanceof Double number ? number : otherwise;
    }

    private static Attention scored(ModelConfig config, int layer) {
        double size = setting(config, "query_pre_attn_scalar", config.headDim());
        return Attention.of(config, "model.layers." + layer + ".self_attn.")
                .withScores(1 / Math.sqrt(size), setting(config, "attn_logit_softcapping", 0));
    }

    private static Residual block(Blocks blocks, int layer, Residual x, Attention attention) {
        String prefix = "model.layers." + layer + ".";
        Normed before = blocks.addAndNorm(x, new Norm(prefix + "input_layernorm.weight", OFFSET));
        Value attended = blocks.norm(
                blocks.attention(layer, before.normed(), attention),
                new Norm(prefix + "post_attention_layernorm.weight", OFFSET));
        Normed between = blocks.addAndNorm(
                new Residual(before.sum(), attended), new Norm(prefix + "pre_feedforward_layernorm.weight", OFFSET));
        Value update = blocks.feedForward(between.normed(), FeedForward.of(blocks.config(), prefix + "mlp."));
        return new Residual(
                between.sum(), blocks.norm(update, new Norm(prefix + "post_feedforward_layernorm.weight", OFFSET)));
    }
}
