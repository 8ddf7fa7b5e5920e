package dev.llmadapt.local.architecture;

import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The steps by which keys and values are rounded to 8 bits: for each layer, keys before values, each head and each
 * number of a head. A number is a whole multiple of its step, at most 127 of them, in either direction.
 *
 * <p>They are of a model, not of a text, and are measured on one: {@link #of}.
 *
 * @param steps {@code (layers, 2, keyValueHeads, headDim)}, above 0
 * @param layers how many layers
 * @param keyValueHeads heads of keys and values
 * @param headDim the size of a head
 */
public record CacheScales(float[] steps, int layers, int keyValueHeads, int headDim) {
    private static final int MOST = 127;

    /** How many times the largest number that was measured the largest number is that can be held. */
    private static final float MARGIN = 1.25f;

    /** The least step, for numbers that were always zero. */
    private static final float LEAST = 1e-9f;

    /** Refuses steps that are too few or too many, or not above 0. */
    public CacheScales {
        if (steps.length != 2 * layers * keyValueHeads * headDim) {
            throw new IllegalArgumentException("steps must be " + 2 * layers * keyValueHeads * headDim + " numbers, "
                    + layers + " layers, " + keyValueHeads + " heads of " + headDim + ", got " + steps.length);
        }
        for (float step : steps) {
            if (!(step > 0 && step < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a step must be above 0 and finite, got " + step);
            }
        }
        steps = steps.clone();
    }

    /**
     * Measures steps that hold what a text's keys and values are, and a quarter more. Rotary positions turn each pair
     * of a key's numbers on a circle, so both have the step of its radius, whatever the position.
     *
     * @param keysAndValues {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys first
     * @param pairs how many pairs are turned: numbers {@code i} and {@code i + pairs}
     */
    public static CacheScales of(float[] keysAndValues, int layers, int keyValueHeads, int headDim, int pairs) {
        int heads = 2 * layers * keyValueHeads;
        int tokens = keysAndValues.length / (heads * headDim);
        float[] most = new float[heads * headDim];
        for (int head = 0; head < heads; head++) {
            boolean keys = head / keyValueHeads % 2 == 0;
            for (int token = 0; token < tokens; token++) {
                int from = (head * tokens + token) * headDim;
                for (int i = 0; i < headDim; i++) {
                    int other = !keys || i >= 2 * pairs ? i : i < pairs ? i + pairs : i - pairs;
                    double value = keysAndValues[from + i];
                    double size = other == i ? Math.abs(value) : Math.hypot(value, keysAndValues[from + other]);
                    most[head * headDim + i] = Math.max(most[head * headDim + i], (float) size);
                }
            }
        }
        for (int i = 0; i < most.length; i++) {
            most[i] = Math.max(most[i] * MARGIN / MOST, LEAST);
        }
        return new CacheScales(most, layers, keyValueHeads, headDim);
    }

    /** Returns the steps of one layer's keys, or values: {@code (keyValueHeads, headDim)}. */
    float[] plane(int plane) {
        int size = keyValueHeads * headDim;
        return Arrays.copyOfRange(steps, plane * size, (plane + 1) * size);
    }

    /** Rounds keys and values: {@code (layers, 2, keyValueHeads, tokens, headDim)}. */
    public ByteBuffer rounded(NativeArena memory, float[] values) {
        ByteBuffer rounded = memory.zeros(values.length);
        int tokens = values.length / steps.length;
        for (int i = 0; i < values.length; i++) {
            double units = Math.rint(values[i] / (double) step(i, tokens));
            rounded.put(i, (byte) Math.max(-MOST - 1, Math.min(MOST, units)));
        }
        return rounded;
    }

    /** Returns rounded keys and values as numbers. */
    public float[] floats(ByteBuffer rounded) {
        float[] values = new float[rounded.capacity()];
        int tokens = values.length / steps.length;
        for (int i = 0; i < values.length; i++) {
            values[i] = rounded.get(i) * step(i, tokens);
        }
        return values;
    }

    private float step(int i, int tokens) {
        int head = i / (tokens * headDim);
        return steps[head * headDim + i % headDim];
    }
}
