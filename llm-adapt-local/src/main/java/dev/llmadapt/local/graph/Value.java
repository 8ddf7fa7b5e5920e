package dev.llmadapt.local.graph;

import java.util.List;
import java.util.Map;

/**
 * A tensor in a graph: an input, a weight, a constant, or the result of an operator. Knows its graph, type and shape;
 * applying an operator that does not fit fails at once.
 */
public final class Value {
    private final Graph graph;
    private final String name;
    private final ElementType type;
    private final Shape shape;

    Value(Graph graph, String name, ElementType type, Shape shape) {
        this.graph = graph;
        this.name = name;
        this.type = type;
        this.shape = shape;
    }

    /** The graph it belongs to. */
    public Graph graph() {
        return graph;
    }

    /** Its name, unique in the graph. */
    public String name() {
        return name;
    }

    /** Its dtype. */
    public ElementType type() {
        return type;
    }

    /** Its dimensions. */
    public Shape shape() {
        return shape;
    }

    /** Sum, with broadcasting. */
    public Value plus(Value other) {
        return graph.apply(Op.ADD, Map.of(), this, other);
    }

    /** Product of elements, with broadcasting. */
    public Value times(Value other) {
        return graph.apply(Op.MUL, Map.of(), this, other);
    }

    /** Difference, with broadcasting. */
    public Value minus(Value other) {
        return graph.apply(Op.SUB, Map.of(), this, other);
    }

    /** Quotient, with broadcasting. */
    public Value over(Value other) {
        return graph.apply(Op.DIV, Map.of(), this, other);
    }

    /** Every element times a constant. */
    public Value times(float factor) {
        return factor == 1 ? this : times(graph.scalar(factor));
    }

    /** Every element plus a constant. */
    public Value plus(float constant) {
        return plus(graph.scalar(constant));
    }

    /** Square root of every element. */
    public Value sqrt() {
        return graph.apply(Op.SQRT, Map.of(), this);
    }

    /** Sum along axes, which stay with the size 1. */
    public Value sum(long... axes) {
        return graph.apply(Op.REDUCE_SUM, Map.of("keepdims", 1L), this, graph.constant(name + ".axes", axes));
    }

    /** The dimensions in another order. */
    public Value transpose(long... order) {
        return graph.apply(Op.TRANSPOSE, Map.of("perm", order), this);
    }

    /** Exponentials that sum to 1 along the last dimension. */
    public Value softmax() {
        return graph.apply(Op.SOFTMAX, Map.of("axis", -1L), this);
    }

    /**
     * Matrix product of possibly transposed operands; see {@link Op#FUSED_MATMUL}.
     *
     * @param transposed whether this is
     * @param otherTransposed whether the other is
     */
    public Value product(boolean transposed, Value other, boolean otherTransposed, float alpha) {
        return graph.apply(
                Op.FUSED_MATMUL,
                Map.of("transA", transposed ? 1L : 0L, "transB", otherTransposed ? 1L : 0L, "alpha", alpha),
                this,
                other);
    }

    /**
     * Matrix product: {@code (..., k) x (k, n) -> (..., n)}; or {@code (b, m, k) x (b or 1, k, n) -> (b, m, n)}, a
     * matrix for each of the leading dimension.
     */
    public Value matmul(Value other) {
        return graph.apply(Op.MATMUL, Map.of(), this, other);
    }

    /**
     * Product with a matrix stored as Hugging Face stores linear layers: {@code (..., in) x (out, in) -> (..., out)}.
     */
    public Value linear(Value weight) {
        return graph.apply(Op.FUSED_MATMUL, Map.of("transB", 1L), this, weight);
    }

    /** {@code x * sigmoid(x)}, also called swish (Elfwing et al. 2018). */
    public Value silu() {
        return graph.apply(Op.QUICK_GELU, Map.of("alpha", 1f), this);
    }

    /** GELU by a hyperbolic tangent (Hendrycks and Gimpel 2016). */
    public Value gelu() {
        return graph.apply(Op.FAST_GELU, Map.of(), this);
    }

    /** {@code c tanh(x / c)}; the value itself for a cap of 0. */
    public Value softCapped(double cap) {
        if (cap == 0) {
            return this;
        }
        return graph.apply(Op.TANH, Map.of(), times((float) (1 / cap))).times((float) cap);
    }

    /** Rows of the first dimension, chosen by an index vector. */
    public Value rows(Value indices) {
        return graph.apply(Op.GATHER, Map.of("axis", 0L), this, indices);
    }

    /** The elements in another shape: a size of 0 keeps the dimension at that position, -1 is what is left. */
    public Value reshape(Shape result, long... dims) {
        Value target = graph.constant(name + ".dims", dims);
        return graph.reshape(this, target, result);
    }

    /** Pieces along the last dimension, of given sizes. */
    public List<Value> split(long... sizes) {
        return splitAlong(-1, sizes);
    }

    /** Pieces along a dimension, of given sizes. */
    public List<Value> splitAlong(int axis, long... sizes) {
        return graph.applyAll(
                Op.SPLIT, Map.of("axis", (long) axis), sizes.length, this, graph.constant(name + ".sizes", sizes));
    }

    /** Pieces along the last dimension, of sizes that an input holds: as many as it has elements. */
    public List<Value> split(Value sizes, Shape.Dim... parts) {
        return graph.split(this, -1, sizes, parts);
    }

    /** Pieces along a dimension, of sizes that an input holds: as many as it has elements. */
    public List<Value> split(int axis, Value sizes, Shape.Dim... parts) {
        return graph.split(this, axis, sizes, parts);
    }

    /** Pieces along the first dimension, of sizes that an input holds: as many as it has elements. */
    public List<Value> splitRows(Value sizes, Shape.Dim... parts) {
        return graph.split(this, 0, sizes, parts);
    }

    @Override
    public String toString() {
        return name + " " + type + " " + shape;
    }
}
