package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.graph.Value;
import java.util.List;

/**
 * {@code down(activation(gate x) * up x)} (Shazeer 2020).
 *
 * @param gateAndUp the modules of gate and up, or one that gives both side by side
 * @param down the module behind
 * @param activation of the gate
 */
record FeedForward(List<String> gateAndUp, String down, Activation activation) {
    /** What bends. */
    enum Activation {
        /** {@code x sigmoid(x)}. */
        SILU,
        /** GELU by a hyperbolic tangent (Hendrycks and Gimpel 2016). */
        GELU_TANH;

        Value of(Value x) {
            return this == SILU ? x.silu() : x.gelu();
        }
    }

    /** As Llama does. */
    static FeedForward of(String prefix) {
        return new FeedForward(
                List.of(prefix + "gate_proj", prefix + "up_proj"), prefix + "down_proj", Activation.SILU);
    }

    /** The same from one module for gate and up. */
    FeedForward withProjection(String module) {
        return new FeedForward(List.of(module), down, activation);
    }

    /** The same, bent otherwise. */
    FeedForward withActivation(Activation other) {
        return new FeedForward(gateAndUp, down, other);
    }
}
