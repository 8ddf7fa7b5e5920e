package dev.llmadapt.local.checkpoint;

import java.util.List;

/**
 * How the rotary frequencies {@code f_i = theta^(-2i/d)} of a model are changed to reach a longer context. Those of the
 * kind {@code dynamic} change only beyond the context a checkpoint was made for, which is never opened: they are
 * {@link None}.
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
     * highFreqFactor} stay, those longer than {@code originalContext / lowFreqFactor} are divided by {@code factor},
     * those between are blended.
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

    /**
     * YaRN (Peng et al. 2023): pairs that make fewer than {@code betaSlow} turns in the original context are divided by
     * {@code factor}, those that make more than {@code betaFast} stay, those between are blended by their index.
     *
     * @param factor the divisor of the lowest frequencies
     * @param originalContext the context length before the extension, in tokens
     * @param betaFast turns from which on a pair stays
     * @param betaSlow turns up to which a pair is divided in full
     * @param truncate whether the ends of the blend are rounded outwards to whole indices
     * @param attentionFactor what cosines and sines are multiplied with; see {@link #attentionFactor}
     */
    record Yarn(
            double factor,
            int originalContext,
            double betaFast,
            double betaSlow,
            boolean truncate,
            double attentionFactor)
            implements RopeScaling {
        public Yarn {
            positive("factor", factor);
            positive("original_max_position_embeddings", originalContext);
            positive("beta_fast", betaFast);
            positive("beta_slow", betaSlow);
            positive("attention_factor", attentionFactor);
        }

        /** The paper's {@code 0.1 m ln(factor) + 1}, or 1 for a factor up to 1. */
        static double attentionFactor(double factor, double m) {
            return factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1;
        }
    }

    /**
     * LongRoPE (Ding et al. 2024): a divisor for each frequency, others for a longer context than the original one.
     *
     * @param shortDivisors for contexts up to the original one, one for each pair of dimensions
     * @param longDivisors for longer ones
     * @param originalContext the context length before the extension, in tokens
     * @param attentionFactor what cosines and sines are multiplied with; see {@link #attentionFactor}
     */
    record LongRope(List<Float> shortDivisors, List<Float> longDivisors, int originalContext, double attentionFactor)
            implements RopeScaling {
        public LongRope {
            shortDivisors = List.copyOf(shortDivisors);
            longDivisors = List.copyOf(longDivisors);
            shortDivisors.forEach(divisor -> positive("short_factor", divisor));
            longDivisors.forEach(divisor -> positive("long_factor", divisor));
            positive("original_max_position_embeddings", originalContext);
            positive("attention_factor", attentionFactor);
        }

        /** The divisors of a context, in tokens. */
        public List<Float> divisors(int context) {
            return context > originalContext ? longDivisors : shortDivisors;
        }

        /** {@code sqrt(1 + ln(factor) / ln(originalContext))}, or 1 for a factor up to 1. */
        static double attentionFactor(double factor, int originalContext) {
            return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalContext));
        }
    }

    private static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive and finite, " + name + ": " + value);
        }
    }
}
