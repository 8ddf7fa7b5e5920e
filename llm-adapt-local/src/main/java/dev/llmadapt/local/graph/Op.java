package dev.llmadapt.local.graph;

import dev.llmadapt.local.graph.Shape.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The operators of graphs, one row each: ONNX name, domain, minimum and maximum operands, attributes, and the rule for
 * the types and shapes of the results. Semantics are those of the ONNX operator specification and, in the domain
 * {@code com.microsoft}, of ONNX Runtime's contributed operators.
 */
public enum Op {
    /** {@code a + b}, with broadcasting. */
    ADD("Add", "", 2, 2, Set.of(), Rules::broadcast),
    /** {@code a * b}, with broadcasting. */
    MUL("Mul", "", 2, 2, Set.of(), Rules::broadcast),
    /** {@code a - b}, with broadcasting. */
    SUB("Sub", "", 2, 2, Set.of(), Rules::broadcast),
    /** {@code a / b}, with broadcasting. */
    DIV("Div", "", 2, 2, Set.of(), Rules::broadcast),
    /** The smaller of two elements, with broadcasting. */
    MIN("Min", "", 2, 2, Set.of(), Rules::broadcast),
    /** Whether the first element is less, with broadcasting; false where either is not a number. */
    LESS("Less", "", 2, 2, Set.of(), Rules::comparison),
    /** The second operand's elements where the first is true, else the third's; with broadcasting. */
    WHERE("Where", "", 3, 3, Set.of(), Rules::where),
    /** Square root. */
    SQRT("Sqrt", "", 1, 1, Set.of(), Rules::likeFirst),
    /** Exponential. */
    EXP("Exp", "", 1, 1, Set.of(), Rules::likeFirst),
    /** Hyperbolic tangent. */
    TANH("Tanh", "", 1, 1, Set.of(), Rules::likeFirst),
    /** GELU by a hyperbolic tangent (Hendrycks and Gimpel 2016). */
    FAST_GELU("FastGelu", Op.MICROSOFT, 1, 1, Set.of(), Rules::likeFirst),
    /** The error function, {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0. */
    ERF("Erf", "", 1, 1, Set.of(), Rules::likeFirst),
    /** {@code max(x, 0)}. */
    RELU("Relu", "", 1, 1, Set.of(), Rules::likeFirst),
    /** Natural logarithm. */
    LOG("Log", "", 1, 1, Set.of(), Rules::likeFirst),
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID("Sigmoid", "", 1, 1, Set.of(), Rules::likeFirst),
    /** The operand, with its dimensions named anew; its result is declared by {@link Graph#named}. */
    NAMED("Identity", "", 1, 1, Set.of(), call -> List.of()),
    /** The operand; no gradient flows back through it. */
    STOP_GRADIENT("Identity", "", 1, 1, Set.of(), Rules::likeFirst),
    /** Exponentials that sum to 1 along the last dimension. */
    SOFTMAX("Softmax", "", 1, 1, Set.of("axis"), Rules::likeFirst),
    /** Sum along axes: x, axes. */
    REDUCE_SUM("ReduceSum", "", 2, 2, Set.of("keepdims"), Rules::reduce),
    /** Largest element along axes: x, axes. */
    REDUCE_MAX("ReduceMax", "", 2, 2, Set.of("keepdims"), Rules::reduce),
    /** Sum of squares along axes: x, axes. */
    REDUCE_SUM_SQUARE("ReduceSumSquare", "", 2, 2, Set.of("keepdims"), Rules::reduce),
    /** The dimensions in another order. */
    TRANSPOSE("Transpose", "", 1, 1, Set.of("perm"), Rules::transpose),
    /** The sizes of the dimensions. */
    SHAPE("Shape", "", 1, 1, Set.of(), Rules::shape),
    /** A range along a dimension; its result is declared by {@link Graph#slice}. */
    SLICE("Slice", "", 4, 4, Set.of(), call -> List.of()),
    /** Repeats along dimensions of size 1; its result is declared by {@link Graph#expand}. */
    EXPAND("Expand", "", 2, 2, Set.of(), call -> List.of()),
    /** Elements at index tuples: x, indices {@code (n, rank of x)}. */
    GATHER_ND("GatherND", "", 2, 2, Set.of(), Rules::gatherElements),
    /** The first operand with updates added at index tuples: x, indices {@code (n, k)}, updates. */
    SCATTER_ND("ScatterND", "", 3, 3, Set.of("reduction"), Rules::likeFirst),
    /**
     * Rotary positions (Su et al. 2021): x {@code (batch, seq, heads * headDim)}, positions, cosines, sines. Dimensions
     * of a head beyond {@code rotary_embedding_dim} stay as they are, where it is not 0.
     */
    ROTARY(
            "RotaryEmbedding",
            Op.MICROSOFT,
            4,
            4,
            Set.of("num_heads", "interleaved", "rotary_embedding_dim"),
            Rules::likeFirst),
    /** Rows of a matrix of blocks as floats: blocks {@code (rows, bytes)}, row indices, scales, zero points. */
    GATHER_BLOCKS(
            "GatherBlockQuantized",
            Op.MICROSOFT,
            3,
            4,
            Set.of("bits", "block_size", "gather_axis", "quantize_axis"),
            Rules::gatherBlocks),
    /** {@code (x - z) d} along a dimension: integers x, scales d and zero points z, one for each index of it. */
    DEQUANTIZE("DequantizeLinear", "", 2, 3, Set.of("axis"), Rules::dequantize),
    /** The bits that both integers have, with broadcasting. */
    BITWISE_AND("BitwiseAnd", "", 2, 2, Set.of(), Rules::broadcast),
    /** Bits shifted by so many, with broadcasting. */
    BIT_SHIFT("BitShift", "", 2, 2, Set.of("direction"), Rules::broadcast),
    /** Matrix product. */
    MATMUL("MatMul", "", 2, 2, Set.of(), call -> Rules.product(call, false)),
    /** Matrix product of possibly transposed operands, scaled. */
    FUSED_MATMUL(
            "FusedMatMul",
            Op.MICROSOFT,
            2,
            2,
            Set.of("transA", "transB", "alpha"),
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
    /**
     * Root mean square normalisation (Zhang and Sennrich 2019): x, weight; results: normalised, the inverse mean
     * square.
     */
    RMS_NORM("SimplifiedLayerNormalization", "", 2, 2, Set.of("axis", "epsilon"), Rules::norm),
    /** Root mean square normalisation of a sum: x, residual, weight; results: normalised, the sum. */
    SKIP_RMS_NORM("SkipSimplifiedLayerNormalization", Op.MICROSOFT, 3, 3, Set.of("epsilon"), Rules::skipNorm),
    /**
     * Normalisation by mean and deviation (Ba et al. 2016): x, weight, bias; results: normalised, mean, inverse
     * deviation.
     */
    LAYER_NORM("LayerNormalization", "", 3, 3, Set.of("axis", "epsilon"), Rules::norm),
    /**
     * Normalisation by mean and deviation of a sum: x, residual, weight, bias; results: normalised, the sum (the
     * fourth).
     */
    SKIP_LAYER_NORM("SkipLayerNormalization", Op.MICROSOFT, 4, 4, Set.of("epsilon"), Rules::skipNorm),
    /** Attention with grouped queries, rotary positions and a cache that is updated in place. */
    GROUP_QUERY_ATTENTION(
            "GroupQueryAttention",
            Op.MICROSOFT,
            7,
            14,
            Set.of(
                    "num_heads",
                    "kv_num_heads",
                    "do_rotary",
                    "rotary_interleaved",
                    "scale",
                    "softcap",
                    "local_window_size",
                    "k_quant_type",
                    "v_quant_type",
                    "kv_cache_bit_width"),
            Rules::groupQueryAttention),
    /** {@code x * sigmoid(alpha x)}. */
    QUICK_GELU("QuickGelu", Op.MICROSOFT, 1, 1, Set.of("alpha"), Rules::likeFirst),
    /** The elements cast to another type; its result is declared by {@link Graph#cast}. */
    CAST("Cast", "", 1, 1, Set.of("to"), call -> List.of()),
    /** Rows chosen by indices. */
    GATHER("Gather", "", 2, 2, Set.of("axis"), Rules::gatherRows),
    /** Pieces along a dimension: x, sizes. */
    SPLIT("Split", "", 2, 2, Set.of("axis"), Rules::split),
    /** Operands side by side along a dimension. */
    CONCAT("Concat", "", 1, 1 << 16, Set.of("axis"), Rules::concat),
    /** The elements in another shape; its result is declared by {@link Graph#reshape}. */
    RESHAPE("Reshape", "", 2, 2, Set.of(), call -> List.of()),
    /** One of two bodies, chosen at each run; its results are declared by {@link Graph#choose}. */
    IF("If", "", 1, 1, Set.of("then_branch", "else_branch"), call -> List.of());

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

    /** Returns the types and shapes of the results, after checking operands and attributes. */
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

    /** The type and shape of a result. */
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

    /** The shape rules: each returns the results of one kind of operator. */
    private static final class Rules {
        static List<TypedShape> likeFirst(Call call) {
            Value x = call.operand(0);
            return List.of(new TypedShape(x.type(), x.shape()));
        }

        static List<TypedShape> broadcast(Call call) {
            Value a = call.operand(0);
            Value b = call.operand(1);
            call.require(a.type() == b.type(), "both operands must be of one type");
            return List.of(new TypedShape(a.type(), together(call, a.shape(), b.shape())));
        }

        private static Shape together(Call call, Shape a, Shape b) {
            int rank = Math.max(a.rank(), b.rank());
            List<Dim> dims = new ArrayList<>();
            for (int i = -rank; i < 0; i++) {
                Dim left = -i <= a.rank() ? a.dim(i) : Dim.of(1);
                Dim right = -i <= b.rank() ? b.dim(i) : Dim.of(1);
                boolean one = left.equals(Dim.of(1));
                call.require(one || right.equals(Dim.of(1)) || left.equals(right), "shapes must broadcast");
                dims.add(one ? right : left);
            }
            return new Shape(dims);
        }

        static List<TypedShape> comparison(Call call) {
            return List.of(
                    new TypedShape(ElementType.BOOL, broadcast(call).get(0).shape()));
        }

        static List<TypedShape> where(Call call) {
            call.require(call.operand(0).type() == ElementType.BOOL, "the first operand must be truth values");
            Value x = call.operand(1);
            Value y = call.operand(2);
            call.require(x.type() == y.type(), "both choices must be of one type");
            Shape either = together(call, x.shape(), y.shape());
            return List.of(
                    new TypedShape(x.type(), together(call, call.operand(0).shape(), either)));
        }

        static List<TypedShape> reduce(Call call) {
            Value x = call.operand(0);
            boolean keep = call.integer("keepdims", 1) == 1;
            List<@Nullable Dim> dims = new ArrayList<>(x.shape().dims());
            for (long axis : x.graph().constantValue(call.operand(1))) {
                dims.set((int) (axis < 0 ? axis + dims.size() : axis), keep ? Dim.of(1) : null);
            }
            List<Dim> left = new ArrayList<>();
            for (Dim dim : dims) {
                if (dim != null) {
                    left.add(dim);
                }
            }
            return List.of(new TypedShape(x.type(), new Shape(left)));
        }

        static List<TypedShape> transpose(Call call) {
            Value x = call.operand(0);
            List<Dim> dims = new ArrayList<>();
            for (long axis : (long[]) Objects.requireNonNull(call.attributes().get("perm"))) {
                dims.add(x.shape().dim((int) axis));
            }
            call.require(dims.size() == x.shape().rank(), "needs a place for each dimension");
            return List.of(new TypedShape(x.type(), new Shape(dims)));
        }

        static List<TypedShape> shape(Call call) {
            return List.of(new TypedShape(
                    ElementType.INT64, Shape.of(call.operand(0).shape().rank())));
        }

        static List<TypedShape> gatherElements(Call call) {
            Value x = call.operand(0);
            Shape indices = call.operand(1).shape();
            call.requireSame(indices.dim(-1), Dim.of(x.shape().rank()), "the indices and the rank");
            return List.of(new TypedShape(x.type(), Shape.of(indices.dim(0))));
        }

        static List<TypedShape> gatherBlocks(Call call) {
            Value blocks = call.operand(0);
            Value rows = call.operand(1);
            long perByte = 8 / call.integer("bits");
            call.require(blocks.shape().rank() == 2 && rows.shape().rank() == 1, "expects a matrix and a vector");
            return List.of(new TypedShape(
                    ElementType.FLOAT,
                    Shape.of(rows.shape().dim(0), blocks.shape().dim(1).size() * perByte)));
        }

        static List<TypedShape> dequantize(Call call) {
            Value x = call.operand(0);
            Dim along = x.shape().dim((int) call.integer("axis"));
            for (int i = 1; i < call.inputs().size(); i++) {
                Shape shape = call.operand(i).shape();
                call.require(shape.rank() == 1, "scales and zero points must be vectors");
                call.requireSame(along, shape.dim(0), "the dimension and its scales");
            }
            return List.of(new TypedShape(ElementType.FLOAT, x.shape()));
        }

        static List<TypedShape> norm(Call call) {
            Value x = call.operand(0);
            call.requireSame(x.shape().dim(-1), call.operand(1).shape().dim(-1), "the hidden sizes");
            TypedShape moment = new TypedShape(x.type(), x.shape().with(-1, Dim.of(1)));
            return List.of(new TypedShape(x.type(), x.shape()), moment, moment);
        }

        static List<TypedShape> product(Call call, boolean transposed) {
            Shape a = call.operand(0).shape();
            Shape b = call.operand(1).shape();
            call.require(
                    a.rank() >= 2 && (b.rank() == 2 || b.rank() == a.rank()),
                    "expects (..., m, k) and a matrix, or one for each of the leading dimensions");
            call.require(call.operand(0).type() == call.operand(1).type(), "both operands must be of one type");
            boolean first = call.integer("transA", 0) == 1;
            call.requireSame(a.dim(first ? -2 : -1), b.dim(transposed ? -1 : -2), "the inner dimensions");
            Shape rows = a.with(-2, a.dim(first ? -1 : -2));
            return List.of(new TypedShape(call.operand(0).type(), rows.with(-1, b.dim(transposed ? -2 : -1))));
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
            long heads = call.integer("num_heads");
            long kvHeads = call.integer("kv_num_heads");
            call.require(packed.shape().rank() == 3, "expects packed q, k, v");
            boolean apart = call.inputs().get(1) != null;
            long parts = apart ? heads : heads + 2 * kvHeads;
            TypedShape cache;
            if (call.inputs().get(3) == null) { // no past: whole texts
                long headDim = packed.shape().dim(2).size() / parts;
                Shape packedShape = packed.shape();
                cache = new TypedShape(
                        packed.type(), Shape.of(packedShape.dim(0), kvHeads, packedShape.dim(1), headDim));
            } else {
                Value pastKey = call.operand(3); // (batch, kvHeads, capacity, headDim)
                call.require(pastKey.shape().rank() == 4, "expects a cache");
                call.requireSame(pastKey.shape().dim(1), Dim.of(kvHeads), "the key-value heads");
                cache = new TypedShape(pastKey.type(), pastKey.shape());
            }
            long headDim = cache.shape().dim(3).size();
            call.requireSame(packed.shape().dim(2), Dim.of(parts * headDim), "the widths");
            call.require(headDim % 16 == 0, "needs a head size that 16 divides");
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
            int axis = (int) call.integer("axis");
            Shape first = call.operand(0).shape();
            long width = 0;
            for (int i = 0; i < call.inputs().size(); i++) {
                Value x = call.operand(i);
                call.require(
                        x.type() == call.operand(0).type()
                                && x.shape().with(axis, first.dim(axis)).equals(first),
                        "the operands must agree but for one dimension");
                Dim dim = x.shape().dim(axis);
                width = dim.known() && width >= 0 ? width + dim.size() : -1;
            }
            Dim dim = width >= 0 ? Dim.of(width) : Dim.of(sum(call, axis));
            return List.of(new TypedShape(call.operand(0).type(), first.with(axis, dim)));
        }

        /** Returns the dimension whose equal pieces these are. */
        private static String sum(Call call, int axis) {
            String first = call.operand(0).shape().dim(axis).toString();
            String end = "/" + call.inputs().size();
            boolean pieces = first.endsWith(end)
                    && call.inputs().stream()
                            .allMatch(x -> Objects.requireNonNull(x)
                                    .shape()
                                    .dim(axis)
                                    .toString()
                                    .equals(first));
            if (pieces) {
                return first.substring(0, first.length() - end.length());
            }
            return call.inputs().stream()
                    .map(x -> Objects.requireNonNull(x).shape().dim(axis).toString())
                    .collect(Collectors.joining("+"));
        }

        static List<TypedShape> split(Call call) {
            int axis = (int) call.integer("axis");
            Value x = call.operand(0);
            long[] sizes = x.graph().constantValue(call.operand(1));
            long sum = 0;
            List<TypedShape> pieces = new ArrayList<>();
            for (long size : sizes) {
                sum += size;
                pieces.add(new TypedShape(x.type(), x.shape().with(axis, Dim.of(size))));
            }
            call.requireSame(x.shape().dim(axis), Dim.of(sum), "the pieces and the dimension");
            return pieces;
        }
    }
}
