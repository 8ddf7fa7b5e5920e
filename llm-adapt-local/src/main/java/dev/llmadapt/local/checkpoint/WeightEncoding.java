package dev.llmadapt.local.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * How the values of a {@link WeightTensor} are stored: plain floats, or the blocks of ggml's quantised types (layouts:
 * {@code ggml-common.h} and {@code ggml-quants.c} of llama.cpp). A row of the last dimension is a whole number of
 * blocks.
 */
public enum WeightEncoding {
    /** IEEE 754 binary32. */
    F32(0, 4, "F32"),
    /** IEEE 754 binary16. */
    F16(1, 2, "F16"),
    /** bfloat16. */
    BF16(30, 2, "BF16"),
    /** 32 x 4 bits, {@code w = d (q - 8)}. */
    Q4_0(2, 32, 18, 32, -8, 7, false),
    /** 32 x 4 bits, {@code w = d q + m}. */
    Q4_1(3, 32, 20, 32, 0, 15, true),
    /** 32 x 5 bits, {@code w = d (q - 16)}. */
    Q5_0(6, 32, 22, 32, -16, 15, false),
    /** 32 x 5 bits, {@code w = d q + m}. */
    Q5_1(7, 32, 24, 32, 0, 31, true),
    /** 32 x 8 bits signed, {@code w = d q}. */
    Q8_0(8, 32, 34, 32, -128, 127, false),
    /** 256 x 2 bits in 16 groups with 4-bit scales and minima. */
    Q2_K(10, 256, 84, 16, 0, 3, true),
    /** 256 x 3 bits in 16 groups with 6-bit scales. */
    Q3_K(11, 256, 110, 16, -4, 3, false),
    /** 256 x 4 bits in 8 groups with 6-bit scales and minima. */
    Q4_K(12, 256, 144, 32, 0, 15, true),
    /** 256 x 5 bits in 8 groups with 6-bit scales and minima. */
    Q5_K(13, 256, 176, 32, 0, 31, true),
    /** 256 x 6 bits in 16 groups with 8-bit scales. */
    Q6_K(14, 256, 210, 16, -32, 31, false),
    /** 32 x 4 bits that choose one of 16 integers which lie closer near zero. */
    IQ4_NL(20, 32, 18, 32, -127, 113, false),
    /** 256 values as {@link #IQ4_NL}, in 8 groups with 6-bit scales. */
    IQ4_XS(23, 256, 136, 32, -127, 113, false);

    private final int ggufType;
    private final int blockSize;
    private final int bytesPerBlock;
    private final @Nullable String safetensorsType;
    private final int groupSize;
    private final int least;
    private final int most;
    private final boolean offsets;

    WeightEncoding(int ggufType, int bytes, String safetensorsType) {
        this.ggufType = ggufType;
        this.blockSize = 1;
        this.bytesPerBlock = bytes;
        this.safetensorsType = safetensorsType;
        this.groupSize = 1;
        this.least = 0;
        this.most = 0;
        this.offsets = false;
    }

    WeightEncoding(
            int ggufType, int blockSize, int bytesPerBlock, int groupSize, int least, int most, boolean offsets) {
        this.ggufType = ggufType;
        this.blockSize = blockSize;
        this.bytesPerBlock = bytesPerBlock;
        this.safetensorsType = null;
        this.groupSize = groupSize;
        this.least = least;
        this.most = most;
        this.offsets = offsets;
    }

    /** How many consecutive values of a quantised type share a scale; see {@link QuantizedRow}. */
    public int groupSize() {
        return groupSize;
    }

    /** The least integer of a quantised type. */
    public int least() {
        return least;
    }

    /** The greatest integer of a quantised type. */
    public int most() {
        return most;
    }

    /** Whether a group of a quantised type has an offset beside its scale. */
    public boolean offsets() {
        return offsets;
    }

    /** Values in a block; 1 for the float types. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of a block. */
    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** The {@code ggml_type} number. */
    public int ggufType() {
        return ggufType;
    }

    /** Whether the values are stored as blocks with shared scales. */
    public boolean quantized() {
        return blockSize > 1;
    }

    /** Bytes of {@code values} values, a multiple of {@link #blockSize()}. */
    public long bytes(long values) {
        return Math.multiplyExact(values / blockSize, (long) bytesPerBlock);
    }

    /** The encoding with a {@code ggml_type} number, or null when it is not supported. */
    static @Nullable WeightEncoding ofGgufType(int type) {
        for (WeightEncoding encoding : values()) {
            if (encoding.ggufType == type) {
                return encoding;
            }
        }
        return null;
    }

    /** The encoding with a safetensors {@code dtype}, or null when it is not supported. */
    static @Nullable WeightEncoding ofSafetensorsType(String dtype) {
        for (WeightEncoding encoding : values()) {
            if (dtype.equals(encoding.safetensorsType)) {
                return encoding;
            }
        }
        return null;
    }
}
