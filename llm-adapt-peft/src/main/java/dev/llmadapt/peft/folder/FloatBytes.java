package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.Encoding;
import dev.llmadapt.local.checkpoint.HalfFloat;
import java.nio.ByteBuffer;

/** Numbers as files store them, rounded to the nearest, to even in the middle. */
public final class FloatBytes {
    private FloatBytes() {}

    /**
     * Appends the first {@code count} values to a little-endian buffer.
     *
     * @param what names them in the message
     * @throws AdapterException if a finite number is beyond the type's range
     */
    public static void put(float[] values, int count, Encoding type, ByteBuffer target, String what) {
        for (int i = 0; i < count; i++) {
            float value = values[i];
            switch (type) {
                case F32 -> target.putFloat(value);
                case BF16 -> target.putShort(held(HalfFloat.toBf16(value), 0x7f80, value, type, what));
                case F16 -> target.putShort(held(HalfFloat.toF16(value), 0x7c00, value, type, what));
                default -> throw new IllegalArgumentException("numbers cannot be stored as " + type);
            }
        }
    }

    private static short held(short rounded, int infinity, float value, Encoding type, String what) {
        if ((rounded & 0x7fff) == infinity && Float.isFinite(value)) {
            throw new AdapterException(what + " has the number " + value + ", beyond what " + type
                    + " can hold; store it as another type");
        }
        return rounded;
    }
}
