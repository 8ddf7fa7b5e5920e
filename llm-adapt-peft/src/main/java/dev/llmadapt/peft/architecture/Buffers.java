package dev.llmadapt.peft.architecture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Direct buffers in native order, as the engine takes them without a copy. */
final class Buffers {
    private Buffers() {}

    static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    static ByteBuffer of(float[] values) {
        ByteBuffer buffer = direct(values.length * 4L);
        buffer.asFloatBuffer().put(values);
        return buffer;
    }
}
