package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Node;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of each operator, one rule each: what flows back to its operands when something flows back to its
 * results.
 */
final class GradientRules {
    private static final Map<Op, Rule> TABLE = new EnumMap<>(Op.class);

    static {
        TABLE.put(Op.ADD, call -> {
            call.give(0, call::dy);
            call.give(1, call::dy);
        });
        TABLE.put(Op.SUB, call -> {
            call.give(0, call::dy);
            call.give(1, () -> call.dy().times(-1));
        });
        TABLE.put(Op.MUL, call -> {
            call.give(0, () -> call.dy().times(call.x(1)));
            call.give(1, () -> call.dy().times(call.x(0)));
        });
        TABLE.put(Op.DIV, call -> {
            call.give(0, () -> call.dy().over(call.x(1)));
            call.give(1, () -> call.dy().times(call.y()).over(call.x(1)).times(-1));
        });
        TABLE.put(Op.SQRT, call -> call.give(0, () -> call.dy().over(call.y()).times(0.5f)));
        TABLE.put(Op.EXP, call -> call.give(0, () -> call.dy().times(call.y())));
        TABLE.put(Op.LOG, call -> call.give(0, () -> call.dy().over(call.x(0))));
        TABLE.put(
                Op.SIGMOID,
                call -> call.give(
                        0,
                        () -> call.dy().times(call.y()).times(call.y().times(-1).plus(1))));
        TABLE.put(
                Op.TANH,
                call -> call.give(
                        0,
                        () -> call.dy().times(call.y().times(call.y()).times(-1).plus(1))));
        TABLE.put(
                Op.ERF,
                call -> call.give(
                        0,
                        () -> call.dy()
                                .times(call.graph.apply(
                                        Op.EXP,
                                        Map.of(),
                                        call.x(0).times(call.x(0)).times(-1)))
                                .times((float) (2 / Math.sqrt(Math.PI)))));
        TABLE.put(
                Op.RELU,
                call -> call.give(
                        0,
                        () -> call.graph.apply(
                                Op.WHERE,
                                Map.of(),
                                call.graph.apply(Op.LESS, Map.of(), call.graph.scalar(0), call.x(0)),
                                call.dy(),
                                call.graph.scalar(0))));
        TABLE.put(Op.FAST_GELU, call -> call.give(0, () -> gelu(call)));
        TABLE.put(Op.QUICK_GELU, call -> call.give(0, () -> swish(call)));
        TABLE.put(
                Op.SOFTMAX,
                call -> call.give(0, () -> {
                    Value weighted = call.dy().times(call.y());
                    return weighted.minus(call.y().times(weighted.sum(-1)));
                }));
        TABLE.put(Op.RMS_NORM, GradientRules::rmsNorm);
        TABLE.put(Op.LAYER_NORM, GradientRules::layerNorm);
        TABLE.put(Op.MATMUL, call -> product(call, false, false, 1));
        TABLE.put(
                Op.FUSED_MATMUL,
                call -> product(call, call.integer("transA", 0) == 1, call.integer("transB", 0) == 1, (Float)
                        call.node.attributes().getOrDefault("alpha", 1f)));
        TABLE.put(Op.MATMUL_NBITS, call -> call.give(0, () -> call.dy().matmul(floats(call))));
        TABLE.put(
                Op.ROTARY,
                call -> call.give(
                        0,
                        () -> call.graph.apply(
                                Op.ROTARY,
                                call.node.attributes(),
                                call.dy(),
                                call.x(1),
                                call.x(2),
                                call.x(3).times(-1))));
        TABLE.put(Op.RESHAPE, call -> call.give(0, () -> reshapeLike(call.dy(), call.x(0))));
        TABLE.put(Op.EXPAND, call -> call.give(0, call::dy));
        TABLE.put(Op.TRANSPOSE, call -> {
            long[] order =
                    (long[]) Objects.requireNonNull(call.node.attributes().get("perm"));
            long[] back = new long[order.length];
            for (int i = 0; i < order.length; i++) {
                back[(int) order[i]] = i;
            }
            call.give(0, () -> call.dy().transpose(back));
        });
        TABLE.put(Op.REDUCE_SUM, call -> {
            if (call.integer("keepdims", 1) != 1) {
                throw new IllegalArgumentException("the gradient of a sum needs its axes kept, node: " + call.node);
            }
            call.give(0, () -> call.graph.expand(call.dy(), call.x(0)));
        });
        TABLE.put(
                Op.REDUCE_SUM_SQUARE,
                call -> call.give(0, () -> call.x(0).times(call.dy()).times(2)));
        TABLE.put(
                Op.SPLIT,
                call -> call.give(0, () -> {
                    Value[] pieces = new Value[call.node.outputs().size()];
                    for (int i = 0; i < pieces.length; i++) {
                        Value known = call.dOut.get(i);
                        pieces[i] = known != null
                                ? known
                                : call.graph.expand(
                                        call.graph.scalar(0),
                                        call.node.outputs().get(i));
                    }
                    return call.graph.apply(Op.CONCAT, Map.of("axis", call.integer("axis", 0)), pieces);
                }));
        TABLE.put(Op.CONCAT, GradientRules::concat);
        TABLE.put(
                Op.GATHER,
                call -> call.give(0, () -> {
                    Value zeros = call.graph.expand(call.graph.scalar(0), call.x(0));
                    Value indices = call.x(1);
                    Value tuples = indices.reshape(Shape.of(indices.shape().dim(0), 1), -1, 1);
                    return call.graph.apply(Op.SCATTER_ND, Map.of("reduction", "add"), zeros, tuples, call.dy());
                }));
        TABLE.put(
                Op.NAMED,
                call -> call.give(0, () -> call.graph.named(call.dy(), call.x(0).shape())));
        TABLE.put(Op.STOP_GRADIENT, call -> {});
    }

    private GradientRules() {}

    @FunctionalInterface
    private interface Rule {
        void apply(Call call);
    }

    @FunctionalInterface
    private interface Gradient {
        Value make();
    }

    /** A node on the way back. */
    private static final class Call {
        final Graph graph;
        final Node node;
        final List<@Nullable Value> dOut;
        final boolean[] wanted;
        final @Nullable Value[] dIn;

        Call(Graph graph, Node node, List<@Nullable Value> dOut, boolean[] wanted) {
            this.graph = graph;
            this.node = node;
            this.dOut = dOut;
            this.wanted = wanted;
            this.dIn = new @Nullable Value[wanted.length];
        }

        Value x(int i) {
            return Objects.requireNonNull(node.inputs().get(i));
        }

        Value y() {
            return node.outputs().get(0);
        }

        Value dy() {
            return Objects.requireNonNull(dOut.get(0));
        }

        long integer(String key, long fallback) {
            return (Long) node.attributes().getOrDefault(key, fallback);
        }

        /** Makes the gradient of an operand if somebody wants it; what was broadcast is summed up. */
        void give(int i, Gradient gradient) {
            if (wanted[i]) {
                dIn[i] = sumTo(gradient.make(), x(i).shape());
            }
        }
    }

    /** The operators that have a rule. */
    static Set<Op> operators() {
        return Collections.unmodifiableSet(TABLE.keySet());
    }

    /**
     * The gradients of a node's operands.
     *
     * @param dOut what flows back to its results; null for nothing
     * @param wanted for which operands it is wanted
     * @throws IllegalArgumentException if the operator has no rule
     */
    static @Nullable Value[] apply(Graph graph, Node node, List<@Nullable Value> dOut, boolean[] wanted) {
        Rule rule = TABLE.get(node.op());
        if (rule == null) {
            throw new IllegalArgumentException("no gradient is known for " + node.op() + ", node: " + node.name());
        }
        Call call = new Call(graph, node, dOut, wanted);
        rule.apply(call);
        return call.dIn;
    }

    /** {@code x s, s = sigmoid(a x)}: the slope is {@code s + a x s (1 - s) = s + a (y - y s)}. */
    private static Value swish(Call call) {
        float alpha = (Float) Objects.requireNonNull(call.node.attributes().get("alpha"));
        Value s = call.graph.apply(Op.SIGMOID, Map.of(), call.x(0).times(alpha));
        return call.dy().times(s.plus(call.y().minus(call.y().times(s)).times(alpha)));
    }

    private static Value gelu(Call call) {
        float c = (float) Math.sqrt(2 / Math.PI);
        float k = 0.044715f;
        Value x = call.x(0);
        Value squared = x.times(x);
        Value t =
                call.graph.apply(Op.TANH, Map.of(), x.times(squared.times(c * k).plus(c)));
        Value slope = x.times(t.times(t).times(-1).plus(1))
                .times(squared.times(3 * c * k).plus(c));
        return call.dy().times(t.plus(1).plus(slope).times(0.5f));
    }

    private static void rmsNorm(Call call) {
        if (call.node.outputs().size() < 2) {
            throw new IllegalArgumentException("the gradient of a norm needs its second result, node: " + call.node);
        }
        Value x = call.x(0);
        Value inverse = call.node.outputs().get(1); // (..., 1)
        call.give(0, () -> {
            Value scaled = call.dy().times(call.x(1));
            Value mean = scaled.times(x).sum(-1).times(1f / x.shape().dim(-1).size());
            return scaled.times(inverse)
                    .minus(x.times(inverse.times(inverse).times(inverse).times(mean)));
        });
        call.give(1, () -> call.dy().times(x.times(inverse)));
    }

    private static void layerNorm(Call call) {
        if (call.node.outputs().size() < 3) {
            throw new IllegalArgumentException(
                    "the gradient of a norm needs its second and third result, node: " + call.node);
        }
        Value x = call.x(0);
        Value inverse = call.node.outputs().get(2); // (..., 1)
        Value normed = x.minus(call.node.outputs().get(1)).times(inverse);
        float share = 1f / x.shape().dim(-1).size();
        call.give(0, () -> {
            Value scaled = call.dy().times(call.x(1));
            Value mean = scaled.sum(-1).times(share);
            Value along = normed.times(scaled.times(normed).sum(-1).times(share));
            return scaled.minus(mean).minus(along).times(inverse);
        });
        call.give(1, () -> call.dy().times(normed));
        call.give(2, call::dy);
    }

    /** {@code y = alpha op(a) op(b)}, matrices or batches of them; b may be one matrix for all. */
    private static void product(Call call, boolean transA, boolean transB, float alpha) {
        Value a = call.x(0);
        Value b = call.x(1);
        boolean shared = b.shape().rank() == 2 && a.shape().rank() > 2;
        call.give(
                0,
                () -> transA
                        ? b.product(transB, call.dy(), true, alpha)
                        : call.graph.usedAgain(
                                b, call.dy(), weight -> call.dy().product(false, weight, !transB, alpha)));
        call.give(1, () -> {
            if (shared && transA) {
                throw new IllegalArgumentException(
                        "a shared matrix needs a first operand as it is, node: " + call.node);
            }
            Value left = shared ? flat(a) : a;
            Value dy = shared ? flat(call.dy()) : call.dy();
            if (!transB) {
                return left.product(!transA, dy, false, alpha);
            }
            Dim wide = dy.shape().dim(-1);
            Dim narrow = left.shape().dim(-1);
            boolean thin = !transA
                    && left.shape().rank() == 2
                    && narrow.known()
                    && wide.known()
                    && narrow.size() * 4 <= wide.size();
            return thin // a product of few long rows is faster than one of many short ones
                    ? left.product(true, dy, false, alpha).transpose(1, 0)
                    : dy.product(true, left, transA, alpha);
        });
    }

    private static Value flat(Value x) {
        Dim last = x.shape().dim(-1);
        String rows = x.shape().dims().subList(0, x.shape().rank() - 1).toString();
        return x.reshape(Shape.of(rows, last), -1, last.size());
    }

    /**
     * The matrix {@code (N, K)} that a product of blocks stands for, made once, and not before something flows back to
     * the product: else the engine would begin with the matrices of all layers, which depend on nothing.
     */
    private static Value floats(Call call) {
        return call.graph.once(call.x(1).name() + ".floats", () -> {
            long n = call.integer("N", 0);
            long k = call.integer("K", 0);
            long bits = call.integer("bits", 4);
            Value blocks = call.x(1).reshape(Shape.of(n, k * bits / 8), n, k * bits / 8);
            Value sizes = call.graph.apply(Op.SHAPE, Map.of(), call.dy()).sum(0);
            Value zero = call.graph.apply(Op.MUL, Map.of(), sizes, call.graph.constant("zero", 0));
            Value all = call.graph.apply(
                    Op.ADD,
                    Map.of(),
                    call.graph.constant("rows", LongStream.range(0, n).toArray()),
                    zero);
            Map<String, Object> attributes = Map.of(
                    "bits", bits, "block_size", call.integer("block_size", 32), "gather_axis", 0L, "quantize_axis", 1L);
            List<Value> operands = new ArrayList<>(List.of(blocks, all, call.x(2)));
            if (call.node.inputs().size() > 3) {
                operands.add(call.x(3));
            }
            return call.graph.apply(Op.GATHER_BLOCKS, attributes, operands.toArray(new Value[0]));
        });
    }

    private static void concat(Call call) {
        int axis = (int) call.integer("axis", 0);
        long[] sizes = new long[call.node.inputs().size()];
        boolean chunks = false;
        for (int i = 0; i < sizes.length; i++) {
            Dim dim = call.x(i).shape().dim(axis);
            chunks |= !dim.known();
            sizes[i] = dim.size();
        }
        List<Value> pieces;
        if (chunks) {
            pieces = lastUnknown(call, axis, sizes);
        } else {
            pieces = call.dy().splitAlong(axis, sizes);
        }
        for (int i = 0; i < sizes.length; i++) {
            Value piece = pieces.get(i);
            call.give(i, () -> piece);
        }
    }

    /** Pieces of which the last alone has a size that is not known while building. */
    private static List<Value> lastUnknown(Call call, int axis, long[] sizes) {
        for (int i = 0; i < sizes.length - 1; i++) {
            if (sizes[i] < 0) {
                throw new IllegalArgumentException("the gradient of Concat is known where all sizes but the last are"
                        + " known, node: " + call.node);
            }
        }
        List<Value> pieces = new ArrayList<>();
        long from = 0;
        for (int i = 0; i < sizes.length; i++) {
            boolean last = i == sizes.length - 1;
            pieces.add(call.graph.slice(
                    call.dy(),
                    axis,
                    from,
                    last ? Long.MAX_VALUE : from + sizes[i],
                    call.x(i).shape()));
            from += sizes[i];
        }
        return pieces;
    }

    /** A value reshaped to the shape of another that has as many elements. */
    static Value reshapeLike(Value x, Value like) {
        Shape shape = like.shape();
        long[] dims = new long[shape.rank()];
        boolean left = false; // whether a dimension takes what is left
        for (int i = 0; i < dims.length; i++) {
            Dim dim = shape.dim(i);
            if (dim.known()) {
                dims[i] = dim.size();
            } else if (i < x.shape().rank() && x.shape().dim(i).equals(dim)) {
                dims[i] = 0;
            } else if (!left) {
                dims[i] = -1;
                left = true;
            } else {
                return x.graph().reshapeTo(x, like);
            }
        }
        return x.reshape(shape, dims);
    }

    /** The sum over dimensions along which a shape was broadcast. */
    private static Value sumTo(Value gradient, Shape shape) {
        Shape from = gradient.shape();
        if (from.equals(shape)) {
            return gradient;
        }
        int more = from.rank() - shape.rank();
        long[] axes = LongStream.range(0, from.rank())
                .filter(i -> i < more
                        || (shape.dim((int) i - more).equals(Dim.of(1))
                                && !from.dim((int) i).equals(Dim.of(1))))
                .toArray();
        Value sum = axes.length == 0 ? gradient : gradient.sum(axes);
        if (more == 0) {
            return sum;
        }
        long[] dims = new long[shape.rank()];
        Arrays.setAll(dims, i -> shape.dim(i).known() ? shape.dim(i).size() : -1);
        return sum.reshape(shape, dims);
    }
}
