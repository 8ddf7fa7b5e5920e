package dev.llmadapt.local.runtime;

import com.sun.jna.Pointer;
import dev.llmadapt.local.graph.ElementType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A tensor for runs on a device, over memory there or in this process that somebody else keeps. Whoever makes it closes
 * it.
 */
final class DeviceTensor implements AutoCloseable {
    private @Nullable Pointer value;

    private DeviceTensor(Pointer value) {
        this.value = value;
    }

    /** Makes a tensor over memory of the device. */
    static DeviceTensor view(DeviceMemory memory, long address, ElementType type, long... shape) {
        long bytes = TensorArena.bytes(type, shape);
        return new DeviceTensor(OrtApi.get().tensor(memory.info(), new Pointer(address), bytes, type, shape));
    }

    /** Makes a tensor over a direct buffer of this process, for operands that the processor reads. */
    static DeviceTensor onHost(ByteBuffer buffer, ElementType type, long... shape) {
        return new DeviceTensor(OrtApi.get().tensor(buffer, type, shape));
    }

    /** ONNX Runtime's value. */
    Pointer value() {
        if (value == null) {
            throw new IllegalStateException("the tensor is closed");
        }
        return value;
    }

    @Override
    public void close() {
        if (value != null) {
            OrtApi.get().releaseValue(value);
            value = null;
        }
    }
}
