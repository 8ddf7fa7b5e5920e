package dev.llmadapt.peft.runtime;

import com.sun.jna.Pointer;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A tensor in a device's memory, or in this process's, for runs on a device. Whoever makes it closes it. */
final class DeviceTensor implements AutoCloseable {
    private final @Nullable DeviceMemory memory; // that the tensor took for itself
    private final @Nullable ByteBuffer host; // kept from the collector
    private final long address;
    private @Nullable Pointer value;

    private DeviceTensor(@Nullable DeviceMemory memory, @Nullable ByteBuffer host, long address, Pointer value) {
        this.memory = memory;
        this.host = host;
        this.address = address;
        this.value = value;
    }

    /** A tensor of zeros. */
    static DeviceTensor allocate(DeviceMemory memory, ElementType type, long... shape) {
        long address = memory.allocate(bytes(type, shape));
        try {
            return new DeviceTensor(memory, null, address, value(memory, address, type, shape));
        } catch (RuntimeException | Error e) {
            memory.free(address);
            throw e;
        }
    }

    /** A tensor over memory that somebody else took. */
    static DeviceTensor view(DeviceMemory memory, long address, ElementType type, long... shape) {
        return new DeviceTensor(null, null, address, value(memory, address, type, shape));
    }

    /** A tensor with the numbers of a direct buffer. */
    static DeviceTensor of(DeviceMemory memory, ByteBuffer numbers, ElementType type, long... shape) {
        DeviceTensor tensor = allocate(memory, type, shape);
        tensor.write(numbers);
        return tensor;
    }

    /** A tensor over a direct buffer of this process, for operands that the processor reads. */
    static DeviceTensor onHost(Pointer hostMemory, ByteBuffer numbers, ElementType type, long... shape) {
        return new DeviceTensor(null, numbers, 0, OrtApi.get().tensor(hostMemory, numbers, type, shape));
    }

    private static Pointer value(DeviceMemory memory, long address, ElementType type, long... shape) {
        return OrtApi.get().tensor(memory.info(), new Pointer(address), bytes(type, shape), type, shape);
    }

    private static long bytes(ElementType type, long... shape) {
        long bytes = type.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        return bytes;
    }

    /** ONNX Runtime's value. */
    Pointer value() {
        if (value == null) {
            throw new IllegalStateException("the tensor is closed");
        }
        return value;
    }

    /** Writes numbers over those at the beginning of a tensor that took its memory. */
    void write(ByteBuffer numbers) {
        if (memory != null) {
            memory.write(address, numbers);
        } else if (host != null) {
            host.duplicate().put(numbers.duplicate());
        }
    }

    /** Fills a buffer with the numbers at the beginning of a tensor that took its memory. */
    void read(ByteBuffer numbers) {
        if (memory != null) {
            memory.read(numbers, address);
        }
    }

    @Override
    public void close() {
        if (value != null) {
            OrtApi.get().releaseValue(value);
            value = null;
            if (memory != null) {
                memory.free(address);
            }
        }
    }
}
