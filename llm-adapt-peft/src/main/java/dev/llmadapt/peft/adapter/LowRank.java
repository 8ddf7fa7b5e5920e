package dev.llmadapt.peft.adapter;

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
        Optional<float[]> bias) {}
