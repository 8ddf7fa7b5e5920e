package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.HalfFloat;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;

/** Numbers in native order, as the engine takes them without a copy. */
public final class Buffers {
    private Buffers() {}

    /**
     * Floats as a type of numbers: the buffer itself for 32 bits, else a new one, rounded to the nearest.
     *
     * @param memory where the new one lies
     * @param floats 32-bit floats in native order, from the position to the limit
     * @throws ArithmeticException if a finite number is beyond the type's range
     */
    public static ByteBuffer rounded(NativeArena memory, ByteBuffer floats, ElementType type) {
        if (type == ElementType.FLOAT) {
            return floats;
        }
        ByteBuffer result = memory.zeros((long) floats.remaining() / 4 * type.bytes());
        for (int at = floats.position(); at < floats.limit(); at += 4) {
            put(floats.getFloat(at), type, result);
        }
        return result.flip();
    }

    /** Copies numbers of a type of floats, from the position to the limit. */
    public static float[] floats(ByteBuffer numbers, ElementType type) {
        float[] result = new float[numbers.remaining() / type.bytes()];
        for (int i = 0, at = numbers.position(); i < result.length; i++, at += type.bytes()) {
            result[i] = switch (type) {
                case FLOAT -> numbers.getFloat(at);
                case BFLOAT16 -> HalfFloat.fromBf16(numbers.getShort(at));
                case FLOAT16 -> HalfFloat.fromF16(numbers.getShort(at));
                default -> throw new IllegalArgumentException("not a type of floats: " + type);
            };
        }
        return result;
    }

    /**
     * Appends a number.
     *
     * @throws ArithmeticException if it is finite and beyond the type's range
     */
    static void put(float value, ElementType type, ByteBuffer target) {
        switch (type) {
            case FLOAT -> target.putFloat(value);
            case BFLOAT16 -> target.putShort(HalfFloat.toBf16InRange(value));
            case FLOAT16 -> target.putShort(HalfFloat.toF16InRange(value));
            default -> throw new IllegalArgumentException("not a type of floats: " + type);
        }
    }
}
