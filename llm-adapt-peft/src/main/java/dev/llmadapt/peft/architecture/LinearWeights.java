package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.Precision;
import dev.llmadapt.peft.checkpoint.Encoding;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.graph.Graph;
import dev.llmadapt.peft.graph.Op;
import dev.llmadapt.peft.graph.Shape;
import dev.llmadapt.peft.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one or more linear layers that share their input, as one product: {@code y = x W^T}, {@code W} being
 * the layers' {@code (out, in)} matrices one below the other.
 *
 * @param parts the matrices
 * @param form how the numbers are laid out for the engine
 */
record LinearWeights(List<WeightTensor> parts, Form form) {
    /** Numbers that share a scale in every block form here. */
    static final int BLOCK = 32;

    /** Layouts the engine multiplies fast. */
    enum Form {
        /** 32-bit floats, {@code (out, in)}. */
        FLOATS,
        /** 8-bit blocks, zero point 128. */
        BLOCKS8,
        /** 4-bit blocks, zero point 8. */
        BLOCKS4,
        /** 4-bit blocks, a zero point each. */
        BLOCKS4_ZERO_POINTS,
        /**
         * 4-bit blocks {@code w = d (q - 8) + c}, {@code c} a float each: the product with zero point 8 plus the block
         * sums of x times {@code c}. Exact for encodings that store an offset.
         */
        BLOCKS4_OFFSETS
    }

    static LinearWeights of(List<WeightTensor> parts, Precision precision) {
        Encoding encoding = parts.get(0).encoding();
        boolean same = parts.stream().allMatch(part -> part.encoding() == encoding);
        boolean quantized = parts.stream().anyMatch(part -> part.encoding().quantized());
        Map<Encoding, Form> kept =
                Map.of(Encoding.Q4_0, Form.BLOCKS4, Encoding.Q4_1, Form.BLOCKS4_OFFSETS, Encoding.Q8_0, Form.BLOCKS8);
        @Nullable Form exact = same ? kept.get(encoding) : null;
        Form form = switch (precision) {
            case FP32 -> Form.FLOATS;
            case INT8 -> Form.BLOCKS8;
            case INT4 -> exact == null || exact == Form.BLOCKS8 ? Form.BLOCKS4_ZERO_POINTS : exact;
            case AS_STORED -> exact != null ? exact : quantized ? Form.BLOCKS8 : Form.FLOATS;
        };
        return new LinearWeights(parts, form);
    }

    int rows() {
        return parts.stream().mapToInt(WeightTensor::rows).sum();
    }

    int columns() {
        return parts.get(0).rowLength();
    }

    private int blocks() {
        return (columns() + BLOCK - 1) / BLOCK;
    }

    /** The product with these weights: {@code (..., in) -> (..., out)}. */
    Value apply(Value x, String name) {
        Graph graph = x.graph();
        int n = rows();
        if (form == Form.FLOATS) {
            Shape shape = Shape.of(n, columns());
            return x.linear(
                    graph.sharedWeight(name + ".weight", ElementType.FLOAT, shape, () -> WeightPacking.floats(this)));
        }
        int bits = form == Form.BLOCKS8 ? 8 : 4;
        // The pieces of one matrix come from one pass over it, whichever is asked for first.
        WeightPacking.Lazy packed = new WeightPacking.Lazy(this);
        Value blocks = graph.sharedWeight(
                name + ".blocks", ElementType.UINT8, Shape.of(n, blocks(), BLOCK * bits / 8), packed::blocks);
        Value scales = graph.sharedWeight(name + ".scales", ElementType.FLOAT, Shape.of(n, blocks()), packed::scales);
        Value zeroPoints = form == Form.BLOCKS4_ZERO_POINTS
                ? graph.sharedWeight(
                        name + ".zero_points", ElementType.UINT8, Shape.of(n, (blocks() + 1) / 2), packed::zeroPoints)
                : null;
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("K", (long) columns());
        attributes.put("N", (long) n);
        attributes.put("bits", (long) bits);
        attributes.put("block_size", (long) BLOCK);
        attributes.put("accuracy_level", 4L); // int8 activations: the only fast path for 8-bit blocks
        Value product = zeroPoints == null
                ? graph.apply(Op.MATMUL_NBITS, attributes, x, blocks, scales)
                : graph.apply(Op.MATMUL_NBITS, attributes, x, blocks, scales, zeroPoints);
        if (form != Form.BLOCKS4_OFFSETS) {
            return product;
        }
        Value offsets =
                graph.sharedWeight(name + ".offsets", ElementType.FLOAT, Shape.of(blocks(), n), packed::offsets);
        Value summing = graph.sharedWeight(
                "block_sums." + columns(),
                ElementType.FLOAT,
                Shape.of(columns(), blocks()),
                () -> WeightPacking.blockSums(columns(), blocks()));
        return product.plus(x.matmul(summing).matmul(offsets));
    }
}
