package dev.llmadapt.local.checkpoint;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of a quantised {@link WeightTensor} as every {@link WeightEncoding} of blocks can be read: signed integers, and
 * for each group of {@link WeightEncoding#groupSize()} consecutive ones a scale and, where the encoding has them, an
 * offset; {@code w = d q + m}. A buffer that is filled again and again; not thread-safe.
 */
public final class QuantizedRow {
    private final WeightEncoding encoding;
    final byte[] stored; // the row as the tensor has it
    final byte[] integers;
    final float[] scales;
    final float @Nullable [] offsets;

    /**
     * A row of zeros.
     *
     * @param encoding a quantised one
     * @param length how many values: a multiple of the encoding's block size
     * @throws IllegalArgumentException if they do not fit each other
     */
    public QuantizedRow(WeightEncoding encoding, int length) {
        if (!encoding.quantized() || length < 0 || length % encoding.blockSize() != 0) {
            throw new IllegalArgumentException("a row of " + length + " values cannot be blocks of " + encoding);
        }
        this.encoding = encoding;
        this.stored = new byte[Math.toIntExact(encoding.bytes(length))];
        this.integers = new byte[length];
        this.scales = new float[length / encoding.groupSize()];
        this.offsets = encoding.offsets() ? new float[scales.length] : null;
    }

    /** How the row is stored. */
    public WeightEncoding encoding() {
        return encoding;
    }

    /** How many values the row has. */
    public int length() {
        return integers.length;
    }

    /** The integer of a value, from {@link WeightEncoding#least()} to {@link WeightEncoding#most()}. */
    public int integer(int index) {
        return integers[index];
    }

    /** The scale of a group, also negative. */
    public float scale(int group) {
        return scales[group];
    }

    /**
     * The offset of a group.
     *
     * @throws NullPointerException if the encoding has none
     */
    public float offset(int group) {
        return Objects.requireNonNull(offsets, "offsets")[group];
    }

    /** Writes the values, rounded as ggml's reference code rounds them. */
    void values(float[] target, int at) {
        int size = encoding.groupSize();
        for (int group = 0, i = 0; group < scales.length; group++) {
            float scale = scales[group];
            if (offsets == null) { // adding zero would lose the sign of a zero
                for (int end = i + size; i < end; i++) {
                    target[at + i] = scale * integers[i];
                }
            } else {
                float offset = offsets[group];
                for (int end = i + size; i < end; i++) {
                    target[at + i] = scale * integers[i] + offset;
                }
            }
        }
    }
}
