package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.Blocks.Norm;
import dev.llmadapt.local.checkpoint.ModelConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a layer attends: causally, with grouped queries.
 *
 * @param projections modules of queries, keys and values, or one that gives all three side by side
 * @param output the module behind
 * @param window how many tokens a token sees, itself included (Beltagy et al. 2020), or 0 for all before it
 * @param scale of the products of queries and keys
 * @param softCap bound of these, {@code c tanh(x / c)} (Bello et al. 2016), or 0 for none
 * @param rotary positions, or null where they are none of attention's concern
 * @param queryNorm of each head's queries before they are rotated (Dehghani et al. 2023), or null for none
 * @param keyNorm of each head's keys, likewise
 */
record Attention(
        List<String> projections,
        String output,
        int window,
        double scale,
        double softCap,
        @Nullable Rotary rotary,
        @Nullable Norm queryNorm,
        @Nullable Norm keyNorm) {
    /** All tokens, from one module for queries, keys and values, without rotary positions. */
    Attention(String projection, String output, double scale) {
        this(List.of(projection), output, 0, scale, 0, null, null, null);
    }

    /** All tokens, by the root of the head's size, as Llama does. */
    static Attention of(ModelConfig config, String prefix) {
        return new Attention(
                List.of(prefix + "q_proj", prefix + "k_proj", prefix + "v_proj"),
                prefix + "o_proj",
                0,
                1 / Math.sqrt(config.headDim()),
                0,
                Rotary.of(config),
                null,
                null);
    }

    /** Returns this attention over the last tokens only. */
    Attention withWindow(int tokens) {
        return new Attention(projections, output, tokens, scale, softCap, rotary, queryNorm, keyNorm);
    }

    /** Returns this attention with one module for queries, keys and values. */
    Attention withProjection(String module) {
        return new Attention(List.of(module), output, window, scale, softCap, rotary, queryNorm, keyNorm);
    }

    /** Returns this attention with another scale and cap of its scores. */
    Attention withScores(double factor, double cap) {
        return new Attention(projections, output, window, factor, cap, rotary, queryNorm, keyNorm);
    }

    /** Returns this attention with other rotary positions. */
    Attention withRotary(Rotary positions) {
        return new Attention(projections, output, window, scale, softCap, positions, queryNorm, keyNorm);
    }

    /** Returns this attention with norms of queries and keys. */
    Attention withNorms(Norm queries, Norm keys) {
        return new Attention(projections, output, window, scale, softCap, rotary, queries, keys);
    }
}
