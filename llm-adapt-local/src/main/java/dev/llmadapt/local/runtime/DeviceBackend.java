package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.Buffers;
import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.CacheBudget;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A device's memory: the cache and the adapters stay there, embeddings go in, logits come out.
 *
 * @param memory where tensors lie
 * @param dtype the type of keys, values and embeddings
 */
record DeviceBackend(DeviceMemory memory, ElementType dtype) implements Backend<DeviceTensor> {
    @Override
    public CacheBudget budget(long asked, long weights) {
        return CacheBudget.onDevice(asked, memory.free()); // the weights are there already
    }

    @Override
    public boolean sparse() {
        return false;
    }

    @Override
    public long mostOfPlane() {
        return Long.MAX_VALUE;
    }

    @Override
    public Plane<DeviceTensor> plane(CacheLayout layout) {
        return new DevicePlane(memory, layout, 0, 0);
    }

    @Override
    public Operand<DeviceTensor> operand(ByteBuffer buffer, ElementType type) {
        return new DeviceOperand(memory, buffer, type);
    }

    @Override
    public Operand<DeviceTensor> hostOperand(ByteBuffer buffer, ElementType type) {
        return new HostOperand<>(buffer, type, DeviceTensor::onHost, DeviceTensor::close);
    }

    @Override
    public LoadedGraph<DeviceTensor> graph(Engine engine) {
        if (engine.graph() instanceof DeviceSession session) {
            return session;
        }
        throw Backend.otherMemory("this process's memory", "a device's");
    }

    /** An operand whose tensors lie in memory of the device as large as the buffer's elements take there. */
    private static final class DeviceOperand implements Operand<DeviceTensor> {
        private final DeviceMemory memory;
        private final ByteBuffer buffer;
        private final ElementType type;
        private final int bufferBytes; // of one element
        private final long address;
        private final List<DeviceTensor> tensors = new ArrayList<>();
        private boolean closed;

        DeviceOperand(DeviceMemory memory, ByteBuffer buffer, ElementType type) {
            this.memory = memory;
            this.buffer = buffer.slice().order(buffer.order());
            this.type = type;
            this.bufferBytes = Operand.inBuffer(type).bytes();
            this.address = memory.allocate(elements() * type.bytes());
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        public long elements() {
            return (long) buffer.capacity() / bufferBytes;
        }

        @Override
        public DeviceTensor tensor(long... shape) {
            DeviceTensor tensor = DeviceTensor.view(memory, address, type, shape);
            tensors.add(tensor);
            return tensor;
        }

        @Override
        public void push(long elements) {
            if (Operand.inBuffer(type) == type) {
                memory.write(address, first(elements));
                return;
            }
            try (NativeArena rounding = new NativeArena()) {
                memory.write(address, Buffers.rounded(rounding, first(elements), type));
            }
        }

        @Override
        public void pull(long elements) {
            memory.read(first(elements), address);
        }

        private ByteBuffer first(long elements) {
            return buffer.slice(0, Math.toIntExact(elements * bufferBytes)).order(buffer.order());
        }

        @Override
        public void closeTensors() {
            tensors.forEach(DeviceTensor::close);
            tensors.clear();
        }

        @Override
        public void close() {
            closeTensors();
            if (!closed) {
                closed = true;
                memory.free(address);
            }
        }
    }
}
