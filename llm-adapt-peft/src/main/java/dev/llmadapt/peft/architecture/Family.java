package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.architecture.Blocks.Norm;
import dev.llmadapt.peft.architecture.Blocks.Residual;
import dev.llmadapt.peft.checkpoint.ModelConfig;
import java.util.function.ToDoubleFunction;

/**
 * What a family says of its decoders.
 *
 * @param layer one decoder block
 * @param normOffset see {@link Norm}
 * @param embeddingScale what embedded tokens are multiplied with
 * @param logitCap bound of the logits, {@code c tanh(x / c)}, or 0 for none
 */
record Family(
        Layer layer,
        float normOffset,
        ToDoubleFunction<ModelConfig> embeddingScale,
        ToDoubleFunction<ModelConfig> logitCap) {
    /** One decoder block. */
    @FunctionalInterface
    interface Layer {
        Residual of(Blocks blocks, int layer, Residual x);
    }

    /** One with nothing unusual around its blocks. */
    static Family of(Layer layer) {
        return new Family(layer, 0, config -> 1, config -> 0);
    }

    /** The norm before the output head. */
    Norm finalNorm() {
        return new Norm("model.norm.weight", normOffset);
    }
}
