package dev.llmadapt.local;

/** How a model's keys and values are held. */
public enum CacheType {
    /** As the graph computes them: floats of 32 bits on the CPU, of 16 bits on a GPU. */
    AS_COMPUTED,
    /**
     * In 8 bits, a quarter of the memory: each number of a head has a step of its own, measured on a text when the
     * model is opened, which is kept in the cache folder. Answers differ slightly from those of {@link #AS_COMPUTED},
     * see {@code docs/figures/parity.md}; what is larger than a quarter above anything in that text is cut. For
     * checkpoints on the CPU.
     */
    INT8
}
