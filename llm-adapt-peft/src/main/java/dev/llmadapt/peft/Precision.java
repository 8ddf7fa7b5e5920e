package dev.llmadapt.peft;

/** How the weights of linear layers are laid out and multiplied. */
public enum Precision {
    /**
     * As the checkpoint stores them, where the engine has a fast product for it: 4-bit and 8-bit blocks stay blocks,
     * 32-bit floats stay floats, 16-bit floats are widened to 32 bits.
     */
    AS_STORED,
    /** Everything as 32-bit floats. */
    FP32,
    /** 8-bit blocks of 32 with one scale each, symmetric, rounded to nearest; blocks of 8 bits are kept. */
    INT8,
    /** 4-bit blocks of 32 with one scale and zero point each, rounded to nearest; blocks of 4 bits are kept. */
    INT4
}
