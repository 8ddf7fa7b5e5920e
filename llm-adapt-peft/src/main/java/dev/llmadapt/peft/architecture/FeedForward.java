package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.graph.Value;
import java.util.List;

/**
 * {@code down(activation(gate x) * up x)} (Shazeer 2020); without a gate {@code down(activation(up x))}.
 *
 * @param inner the modules of gate and up, or one that gives both side by side; without a gate that of up
 * @param down the module behind
 * @param activation of the gate, or of up
 * @param gated whether there is a gate
 */
record FeedForward(List<String> inner, String down, Activation activation, boolean gated) {
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
                List.of(prefix + "gate_proj", prefix + "up_proj"), prefix + "down_proj", Activation.SILU, true);
    }

    /** As GPT-2 does. */
    static FeedForward ungated(String up, String down, Activation activation) {
        return new FeedForward(List.of(up), down, activation, false);
    }

    /** The same from one module for gate and up. */
    FeedForward withProjection(String module) {
        return new FeedForward(List.of(module), down, activation, gated);
    }

    /** The same, bent otherwise. */
    FeedForward withActivation(Activation other) {
        return new FeedForward(inner, down, other, gated);
    }
}
