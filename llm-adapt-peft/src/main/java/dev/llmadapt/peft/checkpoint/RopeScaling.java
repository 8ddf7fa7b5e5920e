package dev.llmadapt.peft.checkpoint;

import java.util.List;

/**
 * How the rotary frequencies {@code f_i = theta^(-2i/d)} of a model are changed to reach a longer context. The kinds that
 * change with the length of the text (dynamic) or scale attention as well (yarn, longrope) are not supported.
 */
public sealed interface RopeScaling {
    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /**
     * Position interpolation (Chen et al. 2023): every frequency is divided.
     *
     * @param factor the divisor, at least 1
     */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            positive("factor", factor);
        }
    }

    /**
     * The frequency-dependent interpolation of Llama 3.1: wavelengths shorter than {@code originalContext /
     * highFreqFactor} stay, those longer than {@code originalContext / lowFreqFactor} are divided by {@code factor}, those
     * between are blended.
     *
     * @param factor the divisor of the lowest frequencies
     * @param lowFreqFactor where full division ends
     * @param highFreqFactor where division begins, larger than {@code lowFreqFactor}
     * @param originalContext the context length before the extension, in tokens
     */
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalContext)
            implements RopeScaling {
        public Llama3 {
            positive("factor", factor);
            positive("low_freq_factor", lowFreqFactor);
            positive("high_freq_factor", highFreqFactor);
            positive("original_max_position_embeddings", originalContext);
            if (highFreqFactor <= lowFreqFactor) {
                throw new IllegalArgumentException("high_freq_factor must be above low_freq_factor " + lowFreqFactor
                        + ", high_freq_factor: " + highFreqFactor);
            }
        }
    }

    /**
     * A divisor for each frequency, as GGUF files carry Llama 3's in {@code rope_freqs.weight}.
     *
     * @param divisors one for each pair of dimensions: half the rotary dimension in all
     */
    record Factors(List<Float> divisors) implements RopeScaling {
        public Factors {
            divisors = List.copyOf(divisors);
            for (float divisor : divisors) {
                positive("rope_freqs", divisor);
            }
        }
    }

    private static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive and finite, " + name + ": " + value);
        }
    }
}
