package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.runtime.Logits;

/**
 * A reader of logits for answers and scores: it copies those of one position and refuses any that are not finite. Not
 * thread-safe.
 */
final class LogitReader {
    private final float[] row;

    LogitReader(int vocabulary) {
        this.row = new float[vocabulary];
    }

    /** The vocabulary size. */
    int vocabulary() {
        return row.length;
    }

    /**
     * Reads a row.
     *
     * @param mix the adapters that acted, for the message
     * @param tokens read so far, for the message
     * @return the logits until the next call; the caller may change them
     * @throws InferenceException if one of them is not finite
     */
    float[] read(Logits logits, int index, AdapterMix mix, int tokens) {
        logits.get(index * row.length, row);
        if (!finite(row)) {
            throw new InferenceException(notFinite(mix, tokens));
        }
        return row;
    }

    /** Whether all values are finite; four sums, since an addition waits for the one before. */
    private static boolean finite(float[] values) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += values[i] * 0; // not a number from the first infinity or NaN on
            b += values[i + 1] * 0;
            c += values[i + 2] * 0;
            d += values[i + 3] * 0;
        }
        for (; i < values.length; i++) {
            a += values[i] * 0;
        }
        return a + b + c + d == 0;
    }

    private String notFinite(AdapterMix mix, int tokens) {
        int nan = 0;
        int infinite = 0;
        for (float logit : row) {
            nan += Float.isNaN(logit) ? 1 : 0;
            infinite += Float.isInfinite(logit) ? 1 : 0;
        }
        String what = "the model's logits are not finite after " + tokens + " tokens: " + nan + " of " + row.length
                + " are NaN, " + infinite + " infinite";
        return mix.parts().isEmpty()
                ? what
                        + "; its weights hold numbers that are not finite (compare the checkpoint with where it"
                        + " came from),"
                        + " or values exceed the device's type (open it on cpu, or on a GPU in bf16)"
                : what + "; with the adapters " + mix.adapters() + ": ask without them to tell whether it is them"
                        + " (numbers or weights that are too large: train again at a lower rate, or take a"
                        + " smaller weight)"
                        + " or the base";
    }
}
