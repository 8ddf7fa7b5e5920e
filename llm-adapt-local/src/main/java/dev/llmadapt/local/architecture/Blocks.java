package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * The blocks decoders are made of; each takes and gives values of one graph. A family is described once, and becomes
 * the graph that answers ({@link ServingBlocks}) or the one that learns ({@link TrainingBlocks}).
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

    /**
     * A norm by root mean square (Zhang and Sennrich 2019); with a bias, by mean and deviation (Ba et al. 2016).
     *
     * @param weight the tensor of its scales
     * @param offset what is added to these: 1 where a family stores them around 0
     * @param bias the tensor that is added in the end, or null
     */
    record Norm(String weight, float offset, @Nullable String bias) {
        /** By root mean square. */
        Norm(String weight, float offset) {
            this(weight, offset, null);
        }

        /** By mean and deviation. */
        static Norm byDeviation(String weight, String bias) {
            return new Norm(weight, 0, bias);
        }
    }

    /** Adds the update, if there is one, to the stream and normalises the sum. */
    Normed addAndNorm(Residual x, Norm norm);

    /** Normalises the last dimension. */
    Value norm(Value x, Norm norm);

    /** Attention, and the layer's output projection. */
    Value attention(int layer, Value x, Attention attention);

    /** The feed-forward part. */
    Value feedForward(Value x, FeedForward feedForward);

    /** A block of normed attention and normed feed-forward, each added to the stream (Touvron et al. 2023). */
    default Residual block(
            int layer, Residual x, Norm beforeAttention, Attention attention, Norm beforeFeedForward, FeedForward ffn) {
        Normed attentionInput = addAndNorm(x, beforeAttention);
        Value attended = attention(layer, attentionInput.normed(), attention);
        Normed feedForwardInput = addAndNorm(new Residual(attentionInput.sum(), attended), beforeFeedForward);
        return new Residual(feedForwardInput.sum(), feedForward(feedForwardInput.normed(), ffn));
    }
}
