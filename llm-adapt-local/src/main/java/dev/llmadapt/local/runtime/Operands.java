package dev.llmadapt.local.runtime;

import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Operands and the buffers that they are over, closed together.
 *
 * @param <T> their tensors
 */
final class Operands<T> implements AutoCloseable {
    private final Backend<T> backend;
    private final NativeArena memory = new NativeArena();
    private final List<Operand<T>> owned = new ArrayList<>();

    Operands(Backend<T> backend) {
        this.backend = backend;
    }

    /** The buffers' memory. */
    NativeArena memory() {
        return memory;
    }

    /** Makes an operand of zeros. */
    Operand<T> of(ElementType type, long... shape) {
        return own(backend.operand(zeros(type, shape), type));
    }

    /** Makes an operand of zeros that ONNX Runtime reads in this process. */
    Operand<T> onHost(ElementType type, long... shape) {
        return own(backend.hostOperand(zeros(type, shape), type));
    }

    private ByteBuffer zeros(ElementType type, long... shape) {
        return memory.zeros(TensorArena.bytes(Operand.inBuffer(type), shape));
    }

    private Operand<T> own(Operand<T> operand) {
        owned.add(operand);
        return operand;
    }

    @Override
    public void close() {
        owned.forEach(Operand::close);
        owned.clear();
        memory.close();
    }
}
