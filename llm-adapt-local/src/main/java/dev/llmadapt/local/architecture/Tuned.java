package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The trainable part of a decoder, which joins its blocks while the graph is built. Everything else stays frozen. */
public interface Tuned {
    /**
     * A linear module.
     *
     * @param path such as {@code model.layers.0.self_attn.q_proj}
     * @param in numbers of its input
     * @param out numbers of its output
     * @param product its frozen product, without a bias: {@code (..., in) -> (..., out)}
     */
    record Linear(String path, int in, int out, UnaryOperator<Value> product) {}

    /**
     * Keys and values before a layer's own, as they are used, without rotation.
     *
     * @param keys {@code (1, keyValueHeads, tokens, headDim)}
     * @param values of the same shape
     */
    record Prefix(Value keys, Value values) {}

    /** A weight that learns in place of the stored one. */
    default Optional<Value> weight(String name, Shape shape) {
        return Optional.empty();
    }

    /** The embedded text: {@code (batch, seq, hidden)}. */
    default Value embedded(Value embeddings) {
        return embeddings;
    }

    /** The input of a module. */
    default Value input(String module, Value x) {
        return x;
    }

    /** The product of a module, before its bias, from its input and its frozen product. */
    default Value product(Linear module, Value x, Value product) {
        return product;
    }

    /** The output of a module, its bias included. */
    default Value output(String module, Value y) {
        return y;
    }

    /** Keys and values before those of a layer. */
    default Optional<Prefix> prefix(int layer) {
        return Optional.empty();
    }
}
