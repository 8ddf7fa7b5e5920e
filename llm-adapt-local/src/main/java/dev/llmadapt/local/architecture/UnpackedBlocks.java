package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Products with a frozen matrix of blocks in a graph that learns: the blocks are unpacked to floats when the product is
 * computed, and again on the way back, so that floats of one matrix at a time are there. With hundreds of positions
 * that takes a small part of the product's time, and the numbers are those of the floats.
 */
final class UnpackedBlocks {
    /** The most floats of a matrix that are there together; a larger one is multiplied part by part. */
    private static final long PART = 1 << 24;

    private final LinearWeights.Matrix matrix;
    private final LinearWeights.Form form;
    private final String name;
    private final int from;
    private final int to;

    private UnpackedBlocks(LinearWeights.Matrix matrix, String name, int from, int to) {
        this.matrix = matrix;
        this.form = matrix.form();
        this.name = name;
        this.from = from;
        this.to = to;
    }

    /** The product with a matrix of blocks or floats: {@code (..., in) -> (..., out)}. */
    static Value product(LinearWeights.Matrix matrix, Value x, String name) {
        return matrix.form() == LinearWeights.Form.FLOATS ? matrix.apply(x, name) : product(matrix, x, name, PART);
    }

    static Value product(LinearWeights.Matrix matrix, Value x, String name, long most) {
        long size = (long) matrix.rows() * matrix.columns();
        int parts = (int) Math.min(matrix.rows(), (size + most - 1) / most);
        int each = (matrix.rows() + parts - 1) / parts;
        Value[] products = new Value[(matrix.rows() + each - 1) / each];
        for (int i = 0; i < products.length; i++) {
            int to = Math.min(matrix.rows(), (i + 1) * each);
            String part = products.length == 1 ? name : name + "." + i;
            UnpackedBlocks blocks = new UnpackedBlocks(matrix, part, i * each, to);
            products[i] = x.graph().used(x, blocks.floats(x.graph()), x::linear);
        }
        return products.length == 1 ? products[0] : x.graph().apply(Op.CONCAT, Map.of("axis", -1L), products);
    }

    /** The matrix {@code (out, in)}, once a value is known. */
    private UnaryOperator<Value> floats(Graph graph) {
        int rows = to - from;
        int inRow = matrix.blocks();
        int all = rows * inRow;
        WeightPacking.Lazy packed = WeightPacking.Lazy.unpacked(matrix, from, to);
        int stored = form.bits == 4 ? (rows + 1) / 2 : rows;
        Value numbers = graph.sharedWeight(
                name + ".blocks", ElementType.UINT8, Shape.of(stored * inRow, form.block), packed::blocks);
        Value scales = graph.sharedWeight(name + ".scales", ElementType.FLOAT, Shape.of(all), packed::scales);
        Value zeroPoints = form == LinearWeights.Form.BLOCKS4_ZERO_POINTS
                ? graph.sharedWeight(name + ".zero_points", ElementType.UINT8, Shape.of(all), packed::zeroPoints)
                : bytes(graph, "zero_points." + form.bits + "." + all, 1 << (form.bits - 1), all);
        return known -> {
            Value integers = graph.reshapeAfter(numbers, Shape.of(stored * inRow, form.block), known);
            if (form.bits == 4) {
                integers = nibbles(graph, integers, all);
            }
            Value floats = graph.apply(Op.DEQUANTIZE, Map.of("axis", 0L), integers, scales, zeroPoints);
            if (form.offsets) {
                floats = floats.plus(
                        graph.sharedWeight(name + ".offsets", ElementType.FLOAT, Shape.of(all, 1), packed::offsets));
            }
            int width = inRow * form.block;
            Value joined = floats.reshape(Shape.of(rows, width), rows, width);
            return width == matrix.columns()
                    ? joined
                    : graph.slice(joined, 1, 0, matrix.columns(), Shape.of(rows, matrix.columns()));
        };
    }

    /** The low nibbles, which are the upper half of the rows, then the high ones. */
    private Value nibbles(Graph graph, Value stored, int all) {
        Value low = graph.apply(Op.BITWISE_AND, Map.of(), stored, bytes(graph, "nibble", 15, 1));
        Value high = graph.apply(Op.BIT_SHIFT, Map.of("direction", "RIGHT"), stored, bytes(graph, "nibble.bits", 4, 1));
        Value both = graph.apply(Op.CONCAT, Map.of("axis", 0L), low, high);
        Shape shape = Shape.of(all, form.block);
        return both.shape().equals(shape) ? both : graph.slice(both, 0, 0, all, shape); // of an odd number of rows
    }

    private static Value bytes(Graph graph, String name, int value, int count) {
        return graph.sharedWeight(name, ElementType.UINT8, Shape.of(count), memory -> repeated(memory, value, count));
    }

    private static ByteBuffer repeated(NativeArena memory, int value, int count) {
        ByteBuffer bytes = memory.zeros(count);
        while (bytes.hasRemaining()) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }
}
