package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.RopeScaling;

/**
 * Rotary positions of some layers.
 *
 * @param name of their tables in the graph
 * @param theta the base of the frequencies
 * @param scaling how these are changed
 */
record Rotary(String name, double theta, RopeScaling scaling) {
    /** Those of a model whose layers have the same. */
    static Rotary of(ModelConfig config) {
        return new Rotary("rotary", config.ropeTheta(), config.ropeScaling());
    }
}
