package dev.llmadapt.peft.adapter;

import dev.llmadapt.peft.AdapterException;
import dev.llmadapt.peft.checkpoint.Encoding;
import dev.llmadapt.peft.checkpoint.HalfFloat;
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
                case BF16 -> target.putShort(HalfFloat.toBf16(value));
                case F16 -> {
                    short half = HalfFloat.toF16(value);
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
}
