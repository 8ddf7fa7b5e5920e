package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.checkpoint.Encoding;
import dev.llmadapt.peft.checkpoint.HalfFloat;
import dev.llmadapt.peft.checkpoint.WeightTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lays stored weights out as {@code MatMulNBits} takes them: for each output row, blocks of 32 numbers along the input,
 * consecutive numbers in consecutive bytes or nibbles, low nibble first; one scale a block. Blocks of ggml's Q4_0, Q4_1
 * and Q8_0 keep their integers; other encodings are rounded to nearest from their values.
 */
final class WeightPacking {
    private static final int BLOCK = LinearWeights.BLOCK;

    private final int columns;
    private final int blocks;
    private final LinearWeights.Form form;
    private final ByteBuffer quants;
    private final ByteBuffer scales;
    private final @Nullable ByteBuffer extra; // zero points, or offsets (blocks, rows)
    private final int rows;

    private WeightPacking(LinearWeights weights) {
        this.form = weights.form();
        this.rows = weights.rows();
        this.columns = weights.columns();
        this.blocks = (columns + BLOCK - 1) / BLOCK;
        int blockBytes = form == LinearWeights.Form.BLOCKS8 ? BLOCK : BLOCK / 2;
        this.quants = Buffers.direct((long) rows * blocks * blockBytes);
        this.scales = Buffers.direct((long) rows * blocks * 4);
        this.extra = switch (form) {
            case BLOCKS4_ZERO_POINTS -> Buffers.direct((long) rows * ((blocks + 1) / 2));
            case BLOCKS4_OFFSETS -> Buffers.direct((long) rows * blocks * 4);
            default -> null;
        };
        int first = 0;
        for (WeightTensor part : weights.parts()) {
            pack(part, first);
            first += part.rows();
        }
    }

    /** The pieces of one packed matrix, packed when the first is asked for and let go when each has been taken. */
    static final class Lazy {
        private final LinearWeights weights;
        private @Nullable WeightPacking packed;
        private int left;

        Lazy(LinearWeights weights) {
            this.weights = weights;
        }

        ByteBuffer blocks() {
            return take(0);
        }

        ByteBuffer scales() {
            return take(1);
        }

        ByteBuffer zeroPoints() {
            return take(2);
        }

        ByteBuffer offsets() {
            return take(2);
        }

        private synchronized ByteBuffer take(int piece) {
            WeightPacking source = packed;
            if (source == null) {
                source = new WeightPacking(weights);
                packed = source;
                left = source.extra == null ? 2 : 3;
            }
            if (--left == 0) {
                packed = null;
            }
            return switch (piece) {
                case 0 -> source.quants;
                case 1 -> source.scales;
                default -> Objects.requireNonNull(source.extra);
            };
        }
    }

    /** The matrix {@code (columns, blocks)} whose product sums each block of x. */
    static ByteBuffer blockSums(int columns, int blocks) {
        float[] ones = new float[columns * blocks];
        for (int i = 0; i < columns; i++) {
            ones[i * blocks + i / BLOCK] = 1;
        }
        return Buffers.of(ones);
    }

    /** The values as 32-bit floats, {@code (out, in)}; the mapped file itself where it holds just that. */
    static ByteBuffer floats(LinearWeights weights) {
        WeightTensor only = weights.parts().get(0);
        if (weights.parts().size() == 1
                && only.encoding() == Encoding.F32
                && only.rowsInOrder()
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return only.data();
        }
        ByteBuffer buffer = Buffers.direct((long) weights.rows() * weights.columns() * 4);
        float[] row = new float[weights.columns()];
        for (WeightTensor part : weights.parts()) {
            for (int i = 0; i < part.rows(); i++) {
                part.dequantizeRow(i, row, 0);
                for (float value : row) {
                    buffer.putFloat(value);
                }
            }
        }
        return buffer.flip();
    }

    private void pack(WeightTensor part, int first) {
        boolean keep = switch (form) {
            case BLOCKS8 -> part.encoding() == Encoding.Q8_0;
            case BLOCKS4 -> part.encoding() == Encoding.Q4_0;
            case BLOCKS4_OFFSETS -> part.encoding() == Encoding.Q4_1;
            default -> false;
        };
        if (!keep) {
            float[] row = new float[blocks * BLOCK]; // zeros after the last column
            for (int i = 0; i < part.rows(); i++) {
                part.dequantizeRow(i, row, 0);
                for (int block = 0; block < blocks; block++) {
                    quantize(row, block, first + i);
                }
            }
            return;
        }
        ByteBuffer data = part.data();
        int rowBytes = Math.toIntExact(part.encoding().bytes(columns));
        byte[] stored = new byte[rowBytes];
        int blockBytes = part.encoding().bytesPerBlock();
        for (int i = 0; i < part.rows(); i++) {
            data.get(part.storedRow(i) * rowBytes, stored);
            for (int block = 0; block < blocks; block++) {
                keep(part.encoding(), stored, block * blockBytes, first + i, block);
            }
        }
    }

    /** Moves one stored block over; {@code at} is where it starts. */
    private void keep(Encoding encoding, byte[] stored, int at, int row, int block) {
        int index = row * blocks + block;
        float scale = half(stored, at);
        scales.putFloat(index * 4, scale);
        if (encoding == Encoding.Q8_0) {
            int target = index * BLOCK;
            for (int j = 0; j < BLOCK; j++) {
                quants.put(target + j, (byte) (stored[at + 2 + j] + 128));
            }
            return;
        }
        int from = at + 2;
        if (encoding == Encoding.Q4_1) {
            Objects.requireNonNull(extra).putFloat((block * rows + row) * 4, half(stored, at + 2) + 8 * scale);
            from += 2;
        }
        // ggml: byte j holds number j low and number j + 16 high; here byte j holds numbers 2 j and 2 j + 1
        int target = index * (BLOCK / 2);
        for (int j = 0; j < 8; j++) {
            int a = stored[from + 2 * j];
            int b = stored[from + 2 * j + 1];
            quants.put(target + j, (byte) ((a & 0x0f) | ((b & 0x0f) << 4)));
            quants.put(target + 8 + j, (byte) (((a & 0xf0) >> 4) | (b & 0xf0)));
        }
    }

    /** Rounds one block of values to the form's integers. */
    private void quantize(float[] values, int block, int row) {
        int from = block * BLOCK;
        int index = row * blocks + block;
        float low = 0;
        float high = 0;
        for (int j = from; j < from + BLOCK; j++) {
            low = Math.min(low, values[j]);
            high = Math.max(high, values[j]);
        }
        float scale;
        int zeroPoint;
        int most;
        if (form == LinearWeights.Form.BLOCKS8) {
            scale = Math.max(-low, high) / 127;
            zeroPoint = 128;
            most = 255;
        } else { // the range always holds zero, so the zero point is one of the integers
            scale = (high - low) / 15;
            zeroPoint = scale == 0 ? 8 : Math.min(15, Math.max(0, Math.round(-low / scale)));
            most = 15;
            ByteBuffer zeroPoints = Objects.requireNonNull(extra);
            int place = row * ((blocks + 1) / 2) + block / 2;
            zeroPoints.put(place, (byte) (zeroPoints.get(place) | (zeroPoint << (block % 2 * 4))));
        }
        scales.putFloat(index * 4, scale);
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int j = 0; j < BLOCK; j++) {
            int q = Math.min(most, Math.max(0, Math.round(values[from + j] * inverse) + zeroPoint));
            if (form == LinearWeights.Form.BLOCKS8) {
                quants.put(index * BLOCK + j, (byte) q);
            } else {
                int place = (index * BLOCK + j) / 2;
                quants.put(place, (byte) (quants.get(place) | (q << (j % 2 * 4))));
            }
        }
    }

    private static float half(byte[] stored, int at) {
        return HalfFloat.fromF16((short) ((stored[at] & 0xff) | (stored[at + 1] << 8)));
    }
}
