package dev.llmadapt.local.architecture;

import dev.llmadapt.Precision;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The weights of one or more linear layers that share their input: {@code y = x W^T}, {@code W} being the layers'
 * {@code (out, in)} matrices one below the other. Neighbours of one form are one matrix.
 *
 * @param matrices whose products stand side by side
 */
record LinearWeights(List<Matrix> matrices) {
    /**
     * What {@link Precision#INT4} rounds to 8 bits, beside the output head: few weights, whose errors reach every later
     * position. llama.cpp's 4-bit mixes give them more bits, too (decision 0145).
     */
    private static final Pattern SENSITIVE = Pattern.compile("\\.[kv]_proj\\.weight$");

    /** The inputs from which on a matrix of ones, which sums their blocks, is too large for a processor's cache. */
    private static final int WIDE = 4096;

    /**
     * How the numbers are laid out for the engine. Blocks are runs of numbers along the input that share a scale:
     * stored integers are {@code q + zero point}.
     */
    enum Form {
        /** 32-bit floats, {@code (out, in)}. */
        FLOATS(32, 1, false),
        /** 8-bit blocks of 32, zero point 128. */
        BLOCKS8(8, 32, false),
        /** 8-bit blocks of 16, zero point 128. */
        SHORT_BLOCKS8(8, 16, false),
        /** 4-bit blocks of 32, zero point 8. */
        BLOCKS4(4, 32, false),
        /** 4-bit blocks of 16, zero point 8. */
        SHORT_BLOCKS4(4, 16, false),
        /** 4-bit blocks of 32, a zero point each. */
        BLOCKS4_ZERO_POINTS(4, 32, false),
        /**
         * 8-bit blocks {@code w = d q + c}, {@code c} a float each: the product with zero point 128 plus the block sums
         * of x times {@code c}. Exact for encodings that store an offset.
         */
        BLOCKS8_OFFSETS(8, 32, true),
        /** 4-bit blocks with zero point 8, and offsets. */
        BLOCKS4_OFFSETS(4, 32, true),
        /** 4-bit blocks of 16 with offsets. */
        SHORT_BLOCKS4_OFFSETS(4, 16, true),
        /** 8-bit blocks of 64, zero point 128. */
        WIDE_BLOCKS8(8, 64, false),
        /** 4-bit blocks of 32 with offsets, which are a product of 8-bit blocks of their own. */
        BLOCKS4_ROUNDED_OFFSETS(4, 32, true),
        /** 4-bit blocks of 16 with such offsets. */
        SHORT_BLOCKS4_ROUNDED_OFFSETS(4, 16, true);

        /** The offsets of a row that share a scale where they are rounded. */
        static final int OFFSETS_BLOCK = 32;

        final int bits;
        final int block;
        final boolean offsets;

        Form(int bits, int block, boolean offsets) {
            this.bits = bits;
            this.block = block;
            this.offsets = offsets;
        }

        /** The form that holds an encoding's numbers as they are. */
        static Form exact(WeightEncoding encoding) {
            if (!encoding.quantized()) {
                return FLOATS;
            }
            int bits = encoding.most() - encoding.least() < 16 ? 4 : 8;
            for (Form form : values()) {
                if (form.bits == bits
                        && form.block == encoding.groupSize()
                        && form.offsets == encoding.offsets()
                        && form != BLOCKS4_ZERO_POINTS) {
                    return form;
                }
            }
            throw new IllegalArgumentException("no form for " + encoding);
        }

        /** Whether its offsets are rounded to 8 bits. */
        boolean roundedOffsets() {
            return this == BLOCKS4_ROUNDED_OFFSETS || this == SHORT_BLOCKS4_ROUNDED_OFFSETS;
        }

        /** Whether an encoding's integers and scales are kept in this form. */
        boolean keeps(WeightEncoding encoding) {
            Form exact = exact(encoding);
            return exact == this || (roundedOffsets() && exact.compact() == this);
        }

        /**
         * The form of a precision for numbers whose exact form this is.
         *
         * @param sensitive whether 4 bits are too few for them where more are stored
         */
        Form with(Precision precision, boolean sensitive) {
            return switch (precision) {
                case AS_STORED -> this;
                case COMPACT -> compact();
                case FP32 -> FLOATS;
                case INT8 -> bits == 8 && !offsets ? this : BLOCKS8;
                case INT4 -> bits == 4 ? this : !sensitive ? BLOCKS4_ZERO_POINTS : bits == 8 ? compact() : WIDE_BLOCKS8;
            };
        }

        /** The form that holds nearly the same in fewer bytes. */
        Form compact() {
            return switch (this) {
                case BLOCKS4_OFFSETS -> BLOCKS4_ROUNDED_OFFSETS;
                case SHORT_BLOCKS4_OFFSETS -> SHORT_BLOCKS4_ROUNDED_OFFSETS;
                case SHORT_BLOCKS8, BLOCKS8_OFFSETS -> WIDE_BLOCKS8;
                default -> this;
            };
        }
    }

    static LinearWeights of(List<WeightTensor> parts, Precision precision) {
        List<Matrix> matrices = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= parts.size(); to++) {
            Form form = form(parts.get(from), precision);
            if (to == parts.size() || form(parts.get(to), precision) != form) {
                matrices.add(new Matrix(List.copyOf(parts.subList(from, to)), form));
                from = to;
            }
        }
        return new LinearWeights(List.copyOf(matrices));
    }

    /** The weights of the output head. */
    static LinearWeights ofHead(WeightTensor weight, Precision precision) {
        Form form = Form.exact(weight.encoding()).with(precision, true);
        return new LinearWeights(List.of(new Matrix(List.of(weight), form)));
    }

    private static Form form(WeightTensor weight, Precision precision) {
        boolean sensitive = SENSITIVE.matcher(weight.name()).find();
        return Form.exact(weight.encoding()).with(precision, sensitive);
    }

    /** The product with these weights: {@code (..., in) -> (..., out)}. */
    Value apply(Value x, String name) {
        if (matrices.size() == 1) {
            return matrices.get(0).apply(x, name);
        }
        Value[] sideBySide = new Value[matrices.size()];
        for (int i = 0; i < sideBySide.length; i++) {
            sideBySide[i] = matrices.get(i).apply(x, name + "." + i);
        }
        return x.graph().apply(Op.CONCAT, Map.of("axis", -1L), sideBySide);
    }

    /** The product with these weights, one matrix, in a graph that learns and unpacks blocks. */
    Value applyUnpacked(Value x, String name) {
        return UnpackedBlocks.product(matrices.get(0), x, name);
    }

    /**
     * Matrices in one form, one below the other.
     *
     * @param parts the matrices
     * @param form of all of them
     */
    record Matrix(List<WeightTensor> parts, Form form) {
        int rows() {
            return parts.stream().mapToInt(WeightTensor::rows).sum();
        }

        int columns() {
            return parts.get(0).rowLength();
        }

        /** Whether it is one matrix that is stored, and as floats multiplied, as {@code (in, out)}. */
        boolean transposed() {
            return parts.size() == 1 && parts.get(0).isTransposed();
        }

        /** Blocks of a row; the last may be filled up with zeros. */
        int blocks() {
            return (columns() + form.block - 1) / form.block;
        }

        Value apply(Value x, String name) {
            Graph graph = x.graph();
            int n = rows();
            if (form == Form.FLOATS) {
                if (transposed()) {
                    return x.matmul(graph.sharedWeight(
                            name + ".weight",
                            x.type(),
                            Shape.of(columns(), n),
                            memory -> WeightPacking.floats(memory, this, x.type())));
                }
                Shape shape = Shape.of(n, columns());
                return x.linear(graph.sharedWeight(
                        name + ".weight", x.type(), shape, memory -> WeightPacking.floats(memory, this, x.type())));
            }
            // The pieces of one matrix come from one pass over it, whichever is asked for first.
            WeightPacking.Lazy packed = new WeightPacking.Lazy(this);
            Shape shape = Shape.of(n, blocks(), form.block * form.bits / 8);
            Value blocks = graph.packedWeight(name + ".blocks", ElementType.UINT8, shape, packed::blocks);
            Value scales = floats(x, name + ".scales", Shape.of(n, blocks()), packed::scales);
            List<Value> operands = new ArrayList<>(List.of(x, blocks, scales));
            if (form == Form.BLOCKS4_ZERO_POINTS) {
                operands.add(graph.packedWeight(
                        name + ".zero_points", ElementType.UINT8, Shape.of(n, (blocks() + 1) / 2), packed::zeroPoints));
            }
            Value product = graph.apply(
                    Op.MATMUL_NBITS, blockwise(columns(), form.bits, form.block), operands.toArray(new Value[0]));
            if (!form.offsets) {
                return product;
            }
            if (form.roundedOffsets()) {
                int groups = offsetGroups();
                Value rounded = graph.packedWeight(
                        name + ".offset_blocks",
                        ElementType.UINT8,
                        Shape.of(n, groups, Form.OFFSETS_BLOCK),
                        packed::offsetBlocks);
                Value steps = floats(x, name + ".offset_scales", Shape.of(n, groups), packed::offsetScales);
                Map<String, Object> attributes = blockwise(blocks(), 8, Form.OFFSETS_BLOCK);
                return product.plus(graph.apply(Op.MATMUL_NBITS, attributes, blockSums(x), rounded, steps));
            }
            Value offsets = floats(x, name + ".offsets", Shape.of(blocks(), n), packed::offsets);
            return product.plus(blockSums(x).matmul(offsets));
        }

        /** The groups of a row's offsets that share a scale; the last may be filled up with zeros. */
        int offsetGroups() {
            return (blocks() + Form.OFFSETS_BLOCK - 1) / Form.OFFSETS_BLOCK;
        }

        private Map<String, Object> blockwise(int inputs, int bits, int block) {
            Map<String, Object> attributes = new HashMap<>();
            attributes.put("K", (long) inputs);
            attributes.put("N", (long) rows());
            attributes.put("bits", (long) bits);
            attributes.put("block_size", (long) block);
            attributes.put("accuracy_level", 4L); // int8 activations: the only fast path for 8-bit blocks
            return attributes;
        }

        /**
         * The sum of each block of the input: by a product with ones where that matrix stays in a processor's cache,
         * which takes one operator; where it would not, by a reduction.
         */
        private Value blockSums(Value x) {
            Graph graph = x.graph();
            if (columns() < WIDE || columns() % form.block != 0) {
                Value ones = floats(
                        x,
                        "block_sums." + columns() + "." + form.block,
                        Shape.of(columns(), blocks()),
                        memory -> WeightPacking.blockSums(memory, columns(), form.block));
                return x.matmul(ones);
            }
            return graph.once(x.name() + ".block_sums." + form.block, () -> {
                int rank = x.shape().rank();
                List<Dim> dims =
                        new ArrayList<>(x.shape().with(-1, Dim.of(blocks())).dims());
                dims.add(Dim.of(form.block));
                long[] sizes = new long[rank + 1]; // 0 keeps a dimension
                sizes[rank - 1] = blocks();
                sizes[rank] = form.block;
                Value apart = x.reshape(new Shape(dims), sizes);
                return graph.apply(
                        Op.REDUCE_SUM, Map.of("keepdims", 0L), apart, graph.constant(apart.name() + ".axes", rank));
            });
        }

        /** A weight of the type that flows. */
        private static Value floats(Value x, String name, Shape shape, Function<NativeArena, ByteBuffer> data) {
            return x.graph()
                    .packedWeight(
                            name, x.type(), shape, memory -> Buffers.rounded(memory, data.apply(memory), x.type()));
        }
    }
}
