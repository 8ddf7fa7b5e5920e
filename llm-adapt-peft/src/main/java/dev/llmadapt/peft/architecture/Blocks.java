package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.checkpoint.ModelConfig;
import dev.llmadapt.peft.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * The blocks decoders are made of; each takes and gives values of one graph. A family is described once, and becomes the
 * graph that answers ({@link ServingBlocks}) or the one that learns ({@link TrainingBlocks}).
 */
interface Blocks {
    ModelConfig config();

    /**
     * The residual stream, with the update that is not yet added.
     *
     * @param stream {@code (batch, seq, hidden)}
     * @param update of the same shape; null for none
     */
    record Residual(Value stream, @Nullable Value update) {}

    /**
     * A stream after its update was added.
     *
     * @param sum the stream
     * @param normed its norm
     */
    record Normed(Value sum, Value normed) {}

    /** Adds the update, if there is one, to the stream and normalises the sum by root mean square. */
    Normed addAndNorm(Residual x, String weight);

    /** Causal attention with grouped queries and rotary positions. */
    Value attention(int layer, Value x, String prefix);

    /** {@code down(silu(gate x) * up x)} (Shazeer 2020). */
    Value gatedFeedForward(Value x, String prefix);
}
