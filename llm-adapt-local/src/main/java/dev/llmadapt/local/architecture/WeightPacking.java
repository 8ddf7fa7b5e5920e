package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.QuantizedRow;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lays stored weights out as {@code MatMulNBits} takes them: for each output row, blocks of numbers along the input,
 * consecutive numbers in consecutive bytes or nibbles, low nibble first; one scale a block. Encodings that fit the form
 * keep their integers and scales; others are rounded from their values.
 *
 * <p>For {@link UnpackedBlocks} they are laid out otherwise: of 4-bit numbers a byte has one of the upper half of the
 * rows in its low nibble and one of the lower half in its high nibble, and zero points and offsets lie as scales do.
 */
final class WeightPacking {
    private final LinearWeights.Form form;
    private final int rows;
    private final int columns;
    private final int blocks;
    private final ByteBuffer quants;
    private final ByteBuffer scales;
    private final @Nullable ByteBuffer extra; // zero points, or offsets (blocks, rows)
    private final byte[] rowQuants;
    private final int from;
    private final int to;
    private final boolean unpacked;
    private final int half;

    private WeightPacking(NativeArena memory, LinearWeights.Matrix weights, int from, int to, boolean unpacked) {
        this.form = weights.form();
        this.from = from;
        this.to = to;
        this.unpacked = unpacked;
        this.rows = to - from;
        this.columns = weights.columns();
        this.blocks = weights.blocks();
        this.rowQuants = new byte[unpacked ? blocks * form.block : blocks * form.block * form.bits / 8];
        this.half = unpacked && form.bits == 4 ? (rows + 1) / 2 : rows;
        this.quants = memory.zeros((long) half * rowQuants.length);
        this.scales = memory.zeros((long) rows * blocks * 4);
        if (form == LinearWeights.Form.BLOCKS4_ZERO_POINTS) {
            this.extra = memory.zeros((long) rows * (unpacked ? blocks : (blocks + 1) / 2));
        } else {
            this.extra = form.offsets ? memory.zeros((long) rows * blocks * 4) : null;
        }
        int first = 0;
        for (WeightTensor part : weights.parts()) {
            if (LinearWeights.Form.exact(part.encoding()) == form) {
                keep(part, first);
            } else {
                round(part, first);
            }
            first += part.rows();
        }
    }

    /**
     * The pieces of one packed matrix, packed when the first is asked for and let go when each has been taken. They lie
     * in the memory that the first was asked for with; whoever brings other memory gets pieces packed anew in it.
     */
    static final class Lazy {
        private final LinearWeights.Matrix weights;
        private final int from;
        private final int to;
        private final boolean unpacked;
        private @Nullable WeightPacking packed;
        private @Nullable NativeArena home; // of what is packed
        private int left;

        Lazy(LinearWeights.Matrix weights) {
            this(weights, 0, weights.rows(), false);
        }

        private Lazy(LinearWeights.Matrix weights, int from, int to, boolean unpacked) {
            this.weights = weights;
            this.from = from;
            this.to = to;
            this.unpacked = unpacked;
        }

        /** Some rows, as {@link UnpackedBlocks} takes them. */
        static Lazy unpacked(LinearWeights.Matrix weights, int from, int to) {
            return new Lazy(weights, from, to, true);
        }

        ByteBuffer blocks(NativeArena memory) {
            return take(memory, 0);
        }

        ByteBuffer scales(NativeArena memory) {
            return take(memory, 1);
        }

        ByteBuffer zeroPoints(NativeArena memory) {
            return take(memory, 2);
        }

        ByteBuffer offsets(NativeArena memory) {
            return take(memory, 2);
        }

        private synchronized ByteBuffer take(NativeArena memory, int piece) {
            WeightPacking source = packed;
            if (source == null || !memory.equals(home)) {
                home = memory;
                source = new WeightPacking(memory, weights, from, to, unpacked);
                packed = source;
                left = source.extra == null ? 2 : 3;
            }
            if (--left == 0) {
                packed = null;
                home = null;
            }
            return switch (piece) {
                case 0 -> source.quants;
                case 1 -> source.scales;
                default -> Objects.requireNonNull(source.extra);
            };
        }
    }

    /** The matrix {@code (columns, blocks)} whose product sums each block of x. */
    static ByteBuffer blockSums(NativeArena memory, int columns, int block) {
        int blocks = (columns + block - 1) / block;
        float[] ones = new float[columns * blocks];
        for (int i = 0; i < columns; i++) {
            ones[i * blocks + i / block] = 1;
        }
        return memory.copy(ones);
    }

    /**
     * The values as floats of a type, {@code (out, in)}, or {@code (in, out)} of a transposed matrix; the mapped file
     * itself where it holds just that.
     */
    static ByteBuffer floats(NativeArena memory, LinearWeights.Matrix weights, ElementType type) {
        WeightTensor only = weights.parts().get(0);
        if (weights.transposed()) {
            only = only.asStored();
            weights = new LinearWeights.Matrix(List.of(only), weights.form());
        }
        if (weights.parts().size() == 1
                && only.encoding() == stored(type)
                && only.rowsInOrder()
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return only.data();
        }
        ByteBuffer buffer = memory.zeros((long) weights.rows() * weights.columns() * type.bytes());
        float[] row = new float[weights.columns()];
        for (WeightTensor part : weights.parts()) {
            for (int i = 0; i < part.rows(); i++) {
                part.dequantizeRow(i, row, 0);
                for (float value : row) {
                    Buffers.put(value, type, buffer);
                }
            }
        }
        return buffer.flip();
    }

    private static WeightEncoding stored(ElementType type) {
        return switch (type) {
            case FLOAT16 -> WeightEncoding.F16;
            case BFLOAT16 -> WeightEncoding.BF16;
            default -> WeightEncoding.F32;
        };
    }

    /**
     * Moves integers, scales and offsets over. With an offset the integers are moved to lie around zero, where rounded
     * activations cost least: {@code d q + m = d (q - h) + (m + h d)}.
     */
    private void keep(WeightTensor part, int first) {
        WeightEncoding encoding = part.encoding();
        int middle = form.offsets ? (encoding.most() + 1) / 2 : 0;
        int shift = zeroPoint() - middle;
        QuantizedRow row = new QuantizedRow(encoding, columns);
        for (int i = Math.max(0, from - first); i < Math.min(part.rows(), to - first); i++) {
            int at = first + i - from;
            part.readRow(i, row);
            Arrays.fill(rowQuants, (byte) 0);
            for (int j = 0; j < columns; j++) {
                put(j, row.integer(j) + shift);
            }
            store(at);
            for (int block = 0; block < blocks; block++) {
                float scale = row.scale(block);
                scales.putFloat((at * blocks + block) * 4, scale);
                if (form.offsets) {
                    float offset = row.offset(block) + middle * scale;
                    int place = unpacked ? at * blocks + block : block * rows + at;
                    Objects.requireNonNull(extra).putFloat(place * 4, offset);
                }
            }
        }
    }

    /** Rounds the values of a matrix to the form's integers. */
    private void round(WeightTensor part, int first) {
        float[] row = new float[blocks * form.block]; // zeros after the last column
        BlockRounding rounding = new BlockRounding(form.block);
        for (int i = Math.max(0, from - first); i < Math.min(part.rows(), to - first); i++) {
            int at = first + i - from;
            part.dequantizeRow(i, row, 0);
            Arrays.fill(rowQuants, (byte) 0);
            for (int block = 0; block < blocks; block++) {
                int start = block * form.block;
                if (form.bits == 8) {
                    rounding.toBytes(row, start);
                } else {
                    rounding.toNibbles(row, start);
                    zeroPoint(at, block, rounding.zeroPoint());
                }
                int zeroPoint = form.bits == 8 ? zeroPoint() : rounding.zeroPoint();
                for (int j = 0; j < form.block; j++) {
                    put(start + j, rounding.integer(j) + zeroPoint);
                }
                scales.putFloat((at * blocks + block) * 4, rounding.scale());
            }
            store(at);
        }
    }

    private void zeroPoint(int row, int block, int zeroPoint) {
        ByteBuffer zeroPoints = Objects.requireNonNull(extra);
        if (unpacked) {
            zeroPoints.put(row * blocks + block, (byte) zeroPoint);
            return;
        }
        int place = row * ((blocks + 1) / 2) + block / 2;
        zeroPoints.put(place, (byte) (zeroPoints.get(place) | zeroPoint << (block % 2 * 4)));
    }

    private void store(int row) {
        if (row < half) {
            quants.put(row * rowQuants.length, rowQuants);
            return;
        }
        int start = (row - half) * rowQuants.length;
        for (int j = 0; j < rowQuants.length; j++) {
            quants.put(start + j, (byte) (quants.get(start + j) | rowQuants[j] << 4));
        }
    }

    private int zeroPoint() {
        return 1 << (form.bits - 1);
    }

    private void put(int column, int stored) {
        if (unpacked || form.bits == 8) {
            rowQuants[column] = (byte) stored;
        } else {
            rowQuants[column / 2] |= (byte) (stored << (column % 2 * 4));
        }
    }
}
