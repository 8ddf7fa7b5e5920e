package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.Precision;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.graph.Value;

/**
 * The Llama family (Touvron et al. 2023; Llama 3, TinyLlama and SmolLM2 share it): blocks of normed attention with
 * grouped queries and rotary positions, and normed gated feed-forward, each added to the stream.
 */
final class Llama {
    private Llama() {}

    static DecoderGraph graph(Checkpoint checkpoint, Precision precision, int maxPositions, AdapterInputs adapters) {
        Blocks blocks = new Blocks(checkpoint, precision, maxPositions, adapters);
        Value stream = blocks.embeddings(); // (batch, seq, hidden)
        Value update = null;
        for (int layer = 0; layer < blocks.config().layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            Blocks.Normed attentionInput = blocks.addAndNorm(stream, update, prefix + "input_layernorm.weight");
            Value attended = blocks.attention(layer, attentionInput.normed(), prefix + "self_attn.");
            Blocks.Normed feedForwardInput =
                    blocks.addAndNorm(attentionInput.sum(), attended, prefix + "post_attention_layernorm.weight");
            update = blocks.gatedFeedForward(feedForwardInput.normed(), prefix + "mlp.");
            stream = feedForwardInput.sum();
        }
        return blocks.finish(
                blocks.addAndNorm(stream, update, "model.norm.weight").normed());
    }
}
