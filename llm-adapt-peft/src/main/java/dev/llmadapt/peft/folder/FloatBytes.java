package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.HalfFloat;
import dev.llmadapt.local.checkpoint.WeightEncoding;
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
    public static void put(float[] values, int count, WeightEncoding type, ByteBuffer target, String what) {
        for (int i = 0; i < count; i++) {
            float value = values[i];
            try {
                switch (type) {
                    case F32 -> target.putFloat(value);
                    case BF16 -> target.putShort(HalfFloat.toBf16InRange(value));
                    case F16 -> target.putShort(HalfFloat.toF16InRange(value));
                    default -> throw new IllegalArgumentException("numbers cannot be stored as " + type);
                }
            } catch (ArithmeticException e) {
                throw new AdapterException(
                        what + " has the number " + value + ", beyond what " + type
                                + " can hold; store it as another type",
                        e);
            }
        }
    }
}
