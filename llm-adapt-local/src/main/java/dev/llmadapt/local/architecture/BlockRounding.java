package dev.llmadapt.local.architecture;

import java.util.Arrays;

/**
 * Rounds a block of values to integers with one scale, and a zero point if wanted, {@code w = d (q - z)}, so that the
 * sum of squared errors is small: of some ways to lay the integers the best is taken, each with the scale that fits its
 * integers best ({@code d = sum(w n) / sum(n n)}, {@code n = q - z}). ggml's Q4_0 and Q8_0 lay them in one of these
 * ways and round the scale to 16 bits, so no block here is further from its values than theirs. A buffer that is filled
 * again and again; not thread-safe.
 */
final class BlockRounding {
    /** How much of a block's range the 4-bit integers are laid over: values beyond its ends are cut to them. */
    private static final float[] SHARES = {1, 0.92f, 0.84f};

    private final int size;
    private int[] integers;
    private int[] tried;
    private float scale;
    private int zeroPoint;
    private float gain; // by how much the squared error is below that of a block of zeros

    BlockRounding(int size) {
        this.size = size;
        this.integers = new int[size];
        this.tried = new int[size];
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

    /** Rounds {@code values[from, from + size)} to integers from {@code -127} to {@code 127}. */
    void toBytes(float[] values, int from) {
        float largest = 0;
        for (int j = from; j < from + size; j++) {
            largest = Math.max(largest, Math.abs(values[j]));
        }
        start(largest, 0);
        lay(values, from, 127 / largest, 0, -127, 127);
    }

    /** Rounds {@code values[from, from + size)} to integers from 0 to 15 with a zero point among them. */
    void toNibbles(float[] values, int from) {
        float low = 0;
        float high = 0;
        for (int j = from; j < from + size; j++) {
            low = Math.min(low, values[j]);
            high = Math.max(high, values[j]);
        }
        start(high - low, 8);
        for (float share : SHARES) {
            float inverse = 15 / (share * (high - low));
            int zero = Math.min(15, Math.max(0, Math.round(-share * low * inverse)));
            lay(values, from, inverse, zero, -zero, 15 - zero);
        }
        lay(values, from, -8 / (high > -low ? high : low), 8, -8, 7); // as Q4_0: the largest becomes -8
    }

    private void start(float range, int zero) {
        scale = Float.isNaN(range) ? Float.NaN : 0; // a value that is no number spoils its block, and only that
        zeroPoint = zero;
        gain = 0;
        Arrays.fill(integers, 0);
    }

    private void lay(float[] values, int from, float inverse, int zero, int least, int most) {
        if (!(Math.abs(inverse) < Float.MAX_VALUE)) { // all values are zero, or too small or large to divide by
            return;
        }
        float product = 0;
        float square = 0;
        float shift = 0.5f - least; // a sum above zero, so that cutting off rounds
        for (int j = 0; j < size; j++) {
            float value = values[from + j];
            int n = Math.min(most, Math.max(least, (int) (value * inverse + shift) + least));
            tried[j] = n;
            product += value * n;
            square += n * n;
        }
        float reached = product / square * product;
        if (reached > gain) {
            gain = reached;
            scale = product / square;
            zeroPoint = zero;
            int[] best = tried;
            tried = integers;
            integers = best;
        }
    }
}
