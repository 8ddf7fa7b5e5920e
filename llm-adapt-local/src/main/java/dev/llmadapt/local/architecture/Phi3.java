package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.architecture.Blocks.Residual;

/** Phi-3 (Abdin et al. 2024): as Llama, with one module for queries, keys and values and one for gate and up. */
final class Phi3 {
    private Phi3() {}

    static Residual layer(Blocks blocks, int layer, Residual x) {
        String prefix = "model.layers." + layer + ".";
        return blocks.block(
                layer,
                x,
                new Norm(prefix + "input_layernorm.weight", 0),
                Attention.of(blocks.config(), prefix + "self_attn.")
                        .withProjection(prefix + "self_attn.qkv_proj")
                        .withWindow(blocks.config().windows().get(layer)),
                new Norm(prefix + "post_attention_layernorm.weight", 0),
                FeedForward.of(blocks.config(), prefix + "mlp.").withProjection(prefix + "mlp.gate_up_proj"));
    }
}
