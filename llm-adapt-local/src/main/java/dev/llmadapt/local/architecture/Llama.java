package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.architecture.Blocks.Residual;

/**
 * The Llama family (Touvron et al. 2023; Llama 3, TinyLlama and SmolLM2 share it): blocks of normed attention with
 * grouped queries and rotary positions, and normed gated feed-forward, each added to the stream. Mistral (Jiang et al.
 * 2023) is the same over a sliding window, Qwen2 (Yang et al. 2024) with biases, which the blocks find by themselves.
 */
final class Llama {
    private Llama() {}

    static Residual layer(Blocks blocks, int layer, Residual x) {
        String prefix = "model.layers." + layer + ".";
        Attention attention = Attention.of(blocks.config(), prefix + "self_attn.");
        return block(
                blocks, layer, x, attention.withWindow(blocks.config().windows().get(layer)));
    }

    /** A block with another way to attend. */
    static Residual block(Blocks blocks, int layer, Residual x, Attention attention) {
        String prefix = "model.layers." + layer + ".";
        return blocks.block(
                layer,
                x,
                new Norm(prefix + "input_layernorm.weight", 0),
                attention,
                new Norm(prefix + "post_attention_layernorm.weight", 0),
                FeedForward.of(blocks.config(), prefix + "mlp."));
    }
}
