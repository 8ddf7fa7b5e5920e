package dev.llmadapt.peft.architecture;

/**
 * Rounds a block of values to integers with one scale, and a zero point if wanted: {@code w = d (q - z)}. A buffer that
 * is filled again and again; not thread-safe.
 */
final class BlockRounding {
    private final int size;
    private final int[] integers;
    private float scale;
    private int zeroPoint;

    BlockRounding(int size) {
        this.size = size;
        this.integers = new int[size];
    }

    /** The integer of a value, the zero point taken off. */
    int integer(int index) {
        return integers[index];
    }

    float scale() {
        return scale;
    }

    int zeroPoint() {
        return zeroPoint;
    }

    /** Rounds {@code values[from, from + size)} to integers from {@code -most} to {@code most}. */
    void symmetric(float[] values, int from, int most) {
        float largest = 0;
        for (int j = from; j < from + size; j++) {
            largest = Math.max(largest, Math.abs(values[j]));
        }
        scale = largest / most;
        zeroPoint = 0;
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int j = 0; j < size; j++) {
            integers[j] = Math.min(most, Math.max(-most, Math.round(values[from + j] * inverse)));
        }
    }

    /** Rounds {@code values[from, from + size)} to integers from 0 to {@code most} with a zero point among them. */
    void withZeroPoint(float[] values, int from, int most) {
        float low = 0;
        float high = 0;
        for (int j = from; j < from + size; j++) {
            low = Math.min(low, values[j]);
            high = Math.max(high, values[j]);
        }
        scale = (high - low) / most;
        zeroPoint = scale == 0 ? (most + 1) / 2 : Math.min(most, Math.max(0, Math.round(-low / scale)));
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int j = 0; j < size; j++) {
            integers[j] = Math.min(most - zeroPoint, Math.max(-zeroPoint, Math.round(values[from + j] * inverse)));
        }
    }
}
