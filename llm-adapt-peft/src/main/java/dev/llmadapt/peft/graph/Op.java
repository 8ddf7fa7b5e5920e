package dev.llmadapt.peft.graph;

import dev.llmadapt.peft.graph.Shape.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operators graphs are made of, one row each: ONNX name, domain, least and most operands, attributes, and the rule
 * for the types and shapes of the results. Semantics are those of the ONNX operator specification and, in the domain
 * {@code com.microsoft}, of ONNX Runtime's contributed operators.
 */
public enum Op {
    /** Sum with broadcasting. */
    ADD("Add", "", 2, 2, Set.of(), Rules::broadcast),
    /** Product of elements with broadcasting. */
    MUL("Mul", "", 2, 2, Set.of(), Rules::broadcast),
    /** Matrix product. */
    MATMUL("MatMul", "", 2, 2, Set.of(), call -> Rules.product(call, false)),
    /** Matrix product of a possibly transposed second operand. */
    FUSED_MATMUL(
            "FusedMatMul",
            Op.MICROSOFT,
            2,
            2,
            Set.of("transB", "alpha"),
            call -> Rules.product(call, call.integer("transB", 0) == 1)),
    /** {@code A B + C} on matrices. */
    GEMM("Gemm", "", 3, 3, Set.of(), Rules::gemm),
    /** Product with a matrix of 4-bit or 8-bit blocks along K: operands x, blocks, scales, zero points. */
    MATMUL_NBITS(
            "MatMulNBits",
            Op.MICROSOFT,
            3,
            4,
            Set.of("K", "N", "bits", "block_size", "accuracy_level"),
            Rules::matMulNBits),
    /** Root mean square normalisation (Zhang and Sennrich 2019): x, weight. */
    RMS_NORM("SimplifiedLayerNormalization", "", 2, 2, Set.of("axis", "epsilon"), Rules::likeFirst),
    /** The same after adding a second operand: x, residual, weight; results: normalised, the sum. */
    SKIP_RMS_NORM("SkipSimplifiedLayerNormalization", Op.MICROSOFT, 3, 3, Set.of("epsilon"), Rules::skipNorm),
    /** Attention with grouped queries, rotary positions and a cache that is updated in place. */
    GROUP_QUERY_ATTENTION(
            "GroupQueryAttention",
            Op.MICROSOFT,
            7,
            9,
            Set.of("num_heads", "kv_num_heads", "do_rotary", "rotary_interleaved", "scale"),
            Rules::groupQueryAttention),
    /** {@code x * sigmoid(alpha x)}. */
    QUICK_GELU("QuickGelu", Op.MICROSOFT, 1, 1, Set.of("alpha"), Rules::likeFirst),
    /** Rows chosen by indices. */
    GATHER("Gather", "", 2, 2, Set.of("axis"), Rules::gatherRows),
    /** Pieces along the last dimension: x, sizes. */
    SPLIT("Split", "", 2, 2, Set.of("axis"), Rules::split),
    /** Operands side by side along the last dimension. */
    CONCAT("Concat", "", 2, 64, Set.of("axis"), Rules::concat),
    /** The same elements in another shape; its result is declared by {@link Graph#reshape}. */
    RESHAPE("Reshape", "", 2, 2, Set.of(), call -> List.of());

    static final String MICROSOFT = "com.microsoft";

    private final String onnxName;
    private final String domain;
    private final int least;
    private final int most;
    private final Set<String> attributes;
    private final Rule rule;

    Op(String onnxName, String domain, int least, int most, Set<String> attributes, Rule rule) {
        this.onnxName = onnxName;
        this.domain = domain;
        this.least = least;
        this.most = most;
        this.attributes = attributes;
        this.rule = rule;
    }

    String onnxName() {
        return onnxName;
    }

    String domain() {
        return domain;
    }

    /** The types and shapes of the results, after checking operands and attributes. */
    List<TypedShape> infer(List<@Nullable Value> inputs, Map<String, Object> given, int outputs) {
        if (inputs.size() < least || inputs.size() > most) {
            throw new IllegalArgumentException(
                    onnxName + " takes " + least + " to " + most + " operands, got " + inputs.size());
        }
        for (String key : given.keySet()) {
            if (!attributes.contains(key)) {
                throw new IllegalArgumentException(
                        onnxName + " has no attribute '" + key + "', expected one of " + attributes);
            }
        }
        return rule.infer(new Call(this, inputs, given, outputs));
    }

    /** What a result is. */
    record TypedShape(ElementType type, Shape shape) {}

    @FunctionalInterface
    private interface Rule {
        List<TypedShape> infer(Call call);
    }

    /** An application of an operator whose results are not yet known. */
    private record Call(Op op, List<@Nullable Value> inputs, Map<String, Object> attributes, int outputs) {
        Value operand(int i) {
            Value value = inputs.get(i);
            if (value == null) {
                throw new IllegalArgumentException(op.onnxName + " needs operand " + i);
            }
            return value;
        }

        long integer(String key, long fallback) {
            return (Long) attributes.getOrDefault(key, fallback);
        }

        long integer(String key) {
            Object value = attributes.get(key);
            if (value == null) {
                throw new IllegalArgumentException(op.onnxName + " needs the attribute '" + key + "'");
            }
            return (Long) value;
        }

        void require(boolean condition, String expectation) {
            if (!condition) {
                throw new IllegalArgumentException(op.onnxName + ": " + expectation + ", operands: " + inputs);
            }
        }

        void requireSame(Dim a, Dim b, String what) {
            require(a.equals(b), what + " must agree, got " + a + " and " + b);
        }
    }

    /** The shape rules; each gives the results of one kind of operator. */
    private static final class Rules {
        static List<TypedShape> likeFirst(Call call) {
            Value x = call.operand(0);
            return List.of(new TypedShape(x.type(), x.shape()));
        }

        static List<TypedShape> broadcast(Call call) {
            Value a = call.operand(0);
            Value b = call.operand(1);
            call.require(a.type() == b.type(), "both operands must be of one type");
            int rank = Math.max(a.shape().rank(), b.shape().rank());
            List<Dim> dims = new ArrayList<>();
            for (int i = -rank; i < 0; i++) {
                Dim left = -i <= a.shape().rank() ? a.shape().dim(i) : Dim.of(1);
                Dim right = -i <= b.shape().rank() ? b.shape().dim(i) : Dim.of(1);
                boolean one = left.equals(Dim.of(1));
                call.require(one || right.equals(Dim.of(1)) || left.equals(right), "shapes must broadcast");
                dims.add(one ? right : left);
            }
            return List.of(new TypedShape(a.type(), new Shape(dims)));
        }

        static List<TypedShape> product(Call call, boolean transposed) {
            Shape a = call.operand(0).shape();
            Shape b = call.operand(1).shape();
            call.require(
                    a.rank() >= 2 && (b.rank() == 2 || b.rank() == a.rank()),
                    "expects (..., m, k) and a matrix, or one for each of the leading dimensions");
            call.require(call.operand(0).type() == call.operand(1).type(), "both operands must be of one type");
            call.requireSame(a.dim(-1), b.dim(transposed ? -1 : -2), "the inner dimensions");
            return List.of(new TypedShape(call.operand(0).type(), a.with(-1, b.dim(transposed ? -2 : -1))));
        }

        static List<TypedShape> gemm(Call call) {
            Shape a = call.operand(0).shape();
            Shape b = call.operand(1).shape();
            Shape c = call.operand(2).shape();
            call.require(a.rank() == 2 && b.rank() == 2 && c.rank() == 2, "expects three matrices");
            call.requireSame(a.dim(1), b.dim(0), "the inner dimensions");
            call.requireSame(c.dim(1), b.dim(1), "the columns of B and C");
            return List.of(new TypedShape(call.operand(0).type(), c));
        }

        static List<TypedShape> matMulNBits(Call call) {
            Value x = call.operand(0);
            long k = call.integer("K");
            long n = call.integer("N");
            long bits = call.integer("bits");
            long block = call.integer("block_size");
            long blocks = (k + block - 1) / block;
            call.requireSame(x.shape().dim(-1), Dim.of(k), "the inner dimensions");
            Shape expected = Shape.of(n, blocks, block * bits / 8);
            call.require(call.operand(1).shape().equals(expected), "the blocks must be " + expected);
            call.require(call.operand(2).shape().elements() == n * blocks, "one scale a block");
            return List.of(new TypedShape(x.type(), x.shape().with(-1, Dim.of(n))));
        }

        static List<TypedShape> skipNorm(Call call) {
            Value x = call.operand(0);
            call.require(x.shape().equals(call.operand(1).shape()), "x and the residual must have one shape");
            call.requireSame(x.shape().dim(-1), call.operand(2).shape().dim(-1), "the hidden sizes");
            TypedShape like = new TypedShape(x.type(), x.shape());
            // results 1 and 2 (mean and inverse deviation) exist for training only
            return List.of(like, like, like, like);
        }

        static List<TypedShape> groupQueryAttention(Call call) {
            Value packed = call.operand(0); // (batch, seq, (heads + 2 kvHeads) * headDim)
            Value pastKey = call.operand(3); // (batch, kvHeads, capacity, headDim)
            long heads = call.integer("num_heads");
            long kvHeads = call.integer("kv_num_heads");
            call.require(
                    packed.shape().rank() == 3 && pastKey.shape().rank() == 4, "expects packed q, k, v and a cache");
            long headDim = pastKey.shape().dim(3).size();
            call.requireSame(pastKey.shape().dim(1), Dim.of(kvHeads), "the key-value heads");
            call.requireSame(packed.shape().dim(2), Dim.of((heads + 2 * kvHeads) * headDim), "the packed widths");
            call.require(headDim % 16 == 0, "needs a head size that 16 divides");
            TypedShape cache = new TypedShape(pastKey.type(), pastKey.shape());
            return List.of(
                    new TypedShape(packed.type(), packed.shape().with(2, Dim.of(heads * headDim))), cache, cache);
        }

        static List<TypedShape> gatherRows(Call call) {
            Value x = call.operand(0);
            Value indices = call.operand(1);
            call.require(indices.shape().rank() == 1, "expects a vector of indices");
            return List.of(
                    new TypedShape(x.type(), x.shape().with(0, indices.shape().dim(0))));
        }

        static List<TypedShape> concat(Call call) {
            Shape first = call.operand(0).shape();
            long width = 0;
            for (int i = 0; i < call.inputs().size(); i++) {
                Value x = call.operand(i);
                call.require(
                        x.type() == call.operand(0).type()
                                && x.shape().with(-1, first.dim(-1)).equals(first),
                        "the operands must agree but for the last dimension");
                width += x.shape().dim(-1).size();
            }
            return List.of(new TypedShape(call.operand(0).type(), first.with(-1, Dim.of(width))));
        }

        static List<TypedShape> split(Call call) {
            Value x = call.operand(0);
            long[] sizes = x.graph().constantValue(call.operand(1));
            long sum = 0;
            List<TypedShape> pieces = new ArrayList<>();
            for (long size : sizes) {
                sum += size;
                pieces.add(new TypedShape(x.type(), x.shape().with(-1, Dim.of(size))));
            }
            call.requireSame(x.shape().dim(-1), Dim.of(sum), "the pieces and the last dimension");
            return pieces;
        }
    }
}
