package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.architecture.Blocks.Residual;

/** Qwen3 (Yang et al. 2025): as Llama, with norms of each head's queries and keys and no biases. */
final class Qwen3 {
    private Qwen3() {}

    static Residual layer(Blocks blocks, int layer, Residual x) {
        String prefix = "model.layers." + layer + ".self_attn.";
        return Llama.block(
                blocks,
                layer,
                x,
                Attention.of(blocks.config(), prefix)
                        .withWindow(blocks.config().windows().get(layer))
                        .withNorms(new Norm(prefix + "q_norm.weight", 0), new Norm(prefix + "k_norm.weight", 0)));
    }
}
