package dev.llmadapt.peft.merge;

import dev.llmadapt.peft.merge.ShardWriter.Rows;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a transposed matrix, read one after the other. The matrix is made when the first is asked for, and let go
 * after the last: GPT-2's are a few million numbers each.
 */
final class TransposedRows implements Rows {
    private final Rows rows;
    private final int out;
    private final int in;
    private float @Nullable [] whole; // (in, out)

    /**
     * A matrix to transpose.
     *
     * @param rows of the matrix {@code (out, in)}
     */
    TransposedRows(Rows rows, int out, int in) {
        this.rows = rows;
        this.out = out;
        this.in = in;
    }

    @Override
    public void read(int row, float[] target) {
        float[] all = whole;
        if (all == null) {
            all = transposed();
            whole = all;
        }
        System.arraycopy(all, row * out, target, 0, out);
        if (row == in - 1) {
            whole = null;
        }
    }

    private float[] transposed() {
        float[] all = new float[Math.multiplyExact(out, in)];
        float[] values = new float[in];
        for (int o = 0; o < out; o++) {
            rows.read(o, values);
            for (int i = 0; i < in; i++) {
                all[i * out + o] = values[i];
            }
        }
        return all;
    }
}
