package dev.llmadapt.local.runtime;

import dev.llmadapt.local.graph.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An operand whose tensors lie in the buffer itself. */
final class HostOperand<T> implements Operand<T> {
    /** Makes a tensor over a direct buffer. */
    interface Maker<T> {
        T tensor(ByteBuffer buffer, ElementType type, long... shape);
    }

    private final ByteBuffer buffer;
    private final ElementType type;
    private final Maker<T> maker;
    private final Consumer<T> closer;
    private final List<T> tensors = new ArrayList<>();

    HostOperand(ByteBuffer buffer, ElementType type, Maker<T> maker, Consumer<T> closer) {
        this.buffer = buffer.slice().order(buffer.order());
        this.type = type;
        this.maker = maker;
        this.closer = closer;
    }

    @Override
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public long elements() {
        return (long) buffer.capacity() / type.bytes();
    }

    @Override
    public T tensor(long... shape) {
        int bytes = Math.toIntExact(TensorArena.bytes(type, shape));
        T tensor = maker.tensor(buffer.slice(0, bytes).order(buffer.order()), type, shape);
        tensors.add(tensor);
        return tensor;
    }

    @Override
    public void push(long elements) {}

    @Override
    public void pull(long elements) {}

    @Override
    public void closeTensors() {
        tensors.forEach(closer);
        tensors.clear();
    }

    @Override
    public void close() {
        closeTensors();
    }
}
