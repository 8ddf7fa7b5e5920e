package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.ModelConfig;
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
    /** As Llama does. */
    static FeedForward of(ModelConfig config, String prefix) {
        return new FeedForward(
                List.of(prefix + "gate_proj", prefix + "up_proj"), prefix + "down_proj", activation(config), true);
    }

    /** As GPT-2 does. */
    static FeedForward ungated(ModelConfig config, String up, String down) {
        return new FeedForward(List.of(up), down, activation(config), false);
    }

    /** Returns this block with one module for gate and up. */
    FeedForward withProjection(String module) {
        return new FeedForward(List.of(module), down, activation, gated);
    }

    private static Activation activation(ModelConfig config) {
        return Activation.named(config.hiddenActivation());
    }
}
