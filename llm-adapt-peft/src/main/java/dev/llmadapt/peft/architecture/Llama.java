package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.architecture.Blocks.Normed;
import dev.llmadapt.peft.architecture.Blocks.Residual;
import dev.llmadapt.peft.graph.Value;

/**
 * The Llama family (Touvron et al. 2023; Llama 3, TinyLlama and SmolLM2 share it): blocks of normed attention with
 * grouped queries and rotary positions, and normed gated feed-forward, each added to the stream.
 */
final class Llama {
    private Llama() {}

    static Residual layer(Blocks blocks, int layer, Residual x) {
        String prefix = "model.layers." + layer + ".";
        Normed attentionInput = blocks.addAndNorm(x, prefix + "input_layernorm.weight");
        Value attended = blocks.attention(layer, attentionInput.normed(), prefix + "self_attn.");
        Normed feedForwardInput = blocks.addAndNorm(
                new Residual(attentionInput.sum(), attended), prefix + "post_attention_layernorm.weight");
        Value update = blocks.gatedFeedForward(feedForwardInput.normed(), prefix + "mlp.");
        return new Residual(feedForwardInput.sum(), update);
    }
}
