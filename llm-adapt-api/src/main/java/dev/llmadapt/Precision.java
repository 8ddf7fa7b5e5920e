package dev.llmadapt;

/** The format in which the weights of linear layers are stored in memory and multiplied. */
public enum Precision {
    /**
     * The format of the checkpoint: blocks of GGUF files become 4-bit or 8-bit blocks of equal values, those of 5 and 6
     * bits 8-bit blocks; 32-bit floats stay floats, 16-bit floats are widened to 32 bits.
     */
    AS_STORED,
    /**
     * The format of the checkpoint in fewer bytes, for less memory and sooner answers: 4-bit blocks of GGUF files keep
     * their integers and scales, and their offsets are rounded to 8 bits; blocks of 5 and 6 bits become 8-bit blocks of
     * 64 with one scale each. All else is {@link #AS_STORED}. What it costs in perplexity stands in
     * {@code docs/figures/parity.md}.
     */
    COMPACT,
    /** 32-bit floats for all weights. */
    FP32,
    /**
     * 8-bit blocks of 32 with one scale each, symmetric, rounded with the scale of least squared error; stored blocks
     * of 5 to 8 bits without offsets are kept.
     */
    INT8,
    /**
     * 4-bit blocks of 32 with one scale and zero point each, rounded with those of least squared error among a few;
     * stored blocks of 2 to 4 bits are kept, but not IQ4, whose integers take 8 bits. The output head and the
     * projections to keys and values, which 4 bits cost most, have 8-bit blocks where more than 4 bits are stored.
     */
    INT4
}
