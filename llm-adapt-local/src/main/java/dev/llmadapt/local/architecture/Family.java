package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.architecture.Blocks.Residual;
import dev.llmadapt.local.checkpoint.ModelConfig;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A family's decoders.
 *
 * @param layer one decoder block
 * @param finalNorm the norm before the output head
 * @param positions the module of learned positions, a row each, which are added to the embedded tokens
 * @param embeddingScale what embedded tokens are multiplied with
 * @param logitCap bound of the logits, {@code c tanh(x / c)}, or 0 for none
 */
record Family(
        Layer layer,
        Norm finalNorm,
        Optional<String> positions,
        ToDoubleFunction<ModelConfig> embeddingScale,
        ToDoubleFunction<ModelConfig> logitCap) {
    /** One decoder block. */
    @FunctionalInterface
    interface Layer {
        Residual of(Blocks blocks, int layer, Residual x);
    }

    /** One with nothing unusual around its blocks. */
    static Family of(Layer layer) {
        return new Family(layer, new Norm("model.norm.weight", 0), Optional.empty(), config -> 1, config -> 0);
    }
}
