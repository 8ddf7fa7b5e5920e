package dev.llmadapt.local.adapter;

import java.util.Optional;

/**
 * A low-rank update of one module: {@code y += scaling * B(A(x))}, and what its variants add.
 *
 * @param in numbers of the module's input; for an embedding, the vocabulary
 * @param out numbers of its output
 * @param rank rows of A
 * @param a {@code lora_A}, {@code (rank, in)}, row-major
 * @param b {@code lora_B}, {@code (out, rank)}, row-major
 * @param scaling as PEFT computes it from alpha and rank
 * @param magnitude DoRA's {@code lora_magnitude_vector}, {@code (out)}
 * @param bias the bias of B, {@code (out)}, not yet scaled
 */
@SuppressWarnings("ArrayRecordComponent")
public record LowRank(
        int in,
        int out,
        int rank,
        float[] a,
        float[] b,
        double scaling,
        Optional<float[]> magnitude,
        Optional<float[]> bias) {
    /** Checks that the arrays have the sizes they should. */
    public LowRank {
        length("lora_A", a, (long) rank * in);
        length("lora_B", b, (long) out * rank);
        magnitude.ifPresent(values -> length("lora_magnitude_vector", values, out));
        bias.ifPresent(values -> length("the bias of lora_B", values, out));
        if (!Float.isFinite((float) scaling)) {
            throw new IllegalArgumentException("scaling must be a finite 32-bit float, scaling: " + scaling);
        }
    }

    /**
     * Adds {@code factor * (B A)[row]}, without the scaling, to the {@code in} values of {@code target} from
     * {@code offset} on.
     */
    public void addRow(int row, double factor, float[] target, int offset) {
        for (int r = 0; r < rank; r++) {
            float weight = (float) (factor * b[row * rank + r]);
            if (weight != 0) {
                int at = r * in;
                for (int i = 0; i < in; i++) {
                    target[offset + i] += weight * a[at + i];
                }
            }
        }
    }

    /** Adds {@code weight * scaling * B A[:, column]}, which for an embedding is the update of a token. */
    void addColumn(int column, double weight, float[] target) {
        for (int o = 0; o < out; o++) {
            double sum = 0;
            for (int k = 0; k < rank; k++) {
                sum += (double) b[o * rank + k] * a[k * in + column];
            }
            target[o] += (float) (weight * scaling * sum);
        }
    }

    private static void length(String what, float[] values, long expected) {
        if (values.length != expected) {
            throw new IllegalArgumentException(what + " must have " + expected + " numbers, got " + values.length);
        }
    }
}
