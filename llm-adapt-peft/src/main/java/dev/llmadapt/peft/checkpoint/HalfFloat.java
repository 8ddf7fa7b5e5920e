package dev.llmadapt.peft.checkpoint;

/** The two 16-bit floating-point formats of checkpoints, widened exactly to {@code float}. */
public final class HalfFloat {
    private HalfFloat() {}

    /** IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits), subnormals, infinities and NaN payloads included. */
    public static float fromF16(short half) {
        int sign = (half & 0x8000) << 16;
        int magnitude = half & 0x7fff;
        if (magnitude >= 0x7c00) { // infinity or NaN
            return Float.intBitsToFloat(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
        }
        if (magnitude < 0x400) { // zero or subnormal: a multiple of 2^-24, exact in a float
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-24f));
        }
        return Float.intBitsToFloat(sign | (magnitude << 13) + (112 << 23)); // exponent bias 15 -> 127
    }

    /** bfloat16: the upper half of a {@code float}. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
