package dev.llmadapt.peft.adapter;

import dev.llmadapt.peft.AdapterException;
import dev.llmadapt.peft.checkpoint.Encoding;
import java.nio.ByteBuffer;

/** Numbers as files store them, rounded to the nearest, to even in the middle. */
final class FloatBytes {
    private FloatBytes() {}

    /**
     * Appends the first {@code count} values to a little-endian buffer.
     *
     * @param what names them in the message
     * @throws AdapterException if a finite number is beyond the type's range
     */
    static void put(float[] values, int count, Encoding type, ByteBuffer target, String what) {
        for (int i = 0; i < count; i++) {
            float value = values[i];
            switch (type) {
                case F32 -> target.putFloat(value);
                case BF16 -> target.putShort(toBf16(value));
                case F16 -> {
                    short half = toF16(value);
                    if ((half & 0x7fff) == 0x7c00 && !Float.isInfinite(value)) {
                        throw beyond(what, value, type);
                    }
                    target.putShort(half);
                }
                default -> throw new IllegalArgumentException("numbers cannot be stored as " + type);
            }
        }
    }

    private static AdapterException beyond(String what, float value, Encoding type) {
        return new AdapterException(
                what + " has the number " + value + ", beyond what " + type + " can hold; store it as another type");
    }

    /** The nearest binary16. */
    static short toF16(float value) {
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
    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
