package dev.llmadapt.local.checkpoint;

/**
 * The two 16-bit floating-point formats of checkpoints: widened exactly to {@code float}, and rounded to from it, to
 * even in the middle.
 */
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

    /** The nearest binary16; infinity from 65520 on. */
    public static short toF16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) { // NaN: keep it one
            return (short) (sign | 0x7e00 | ((magnitude >> 13) & 0x3ff));
        }
        if (magnitude >= 0x477ff000) { // 65520 and above
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) { // below 2^-14: a multiple of 2^-24
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        return (short) (sign | ((magnitude - (112 << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13));
    }

    /** The nearest bfloat16. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /**
     * The nearest binary16 of a number in its range.
     *
     * @throws ArithmeticException if the number is finite and its nearest binary16 is not
     */
    public static short toF16InRange(float value) {
        short rounded = toF16(value);
        if ((rounded & 0x7fff) == 0x7c00 && Float.isFinite(value)) {
            throw new ArithmeticException("the number " + value
                    + " is beyond what FP16 holds, at most 65504; take BF16, which has the range of 32-bit floats");
        }
        return rounded;
    }

    /**
     * The nearest bfloat16 of a number in its range.
     *
     * @throws ArithmeticException if the number is finite and its nearest bfloat16 is not
     */
    public static short toBf16InRange(float value) {
        short rounded = toBf16(value);
        if ((rounded & 0x7fff) == 0x7f80 && Float.isFinite(value)) {
            throw new ArithmeticException("the number " + value + " is beyond what BF16 holds, at most 3.39e38");
        }
        return rounded;
    }
}
