package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Native memory and the tensors over it, closed together. */
final class TensorArena implements AutoCloseable {
    private final NativeArena memory = new NativeArena();
    private final List<OnnxTensor> owned = new ArrayList<>();

    /** Returns the memory. */
    NativeArena memory() {
        return memory;
    }

    /** Allocates a buffer of zeros for a tensor. */
    ByteBuffer zeros(ElementType type, long... shape) {
        return memory.zeros(bytes(type, shape));
    }

    /** Makes a tensor over a buffer from its position to its limit. */
    OnnxTensor tensor(ByteBuffer buffer, ElementType type, long... shape) {
        OnnxTensor tensor = OnnxSession.tensor(buffer, type, shape);
        owned.add(tensor);
        return tensor;
    }

    /** Returns the bytes of a tensor. */
    static long bytes(ElementType type, long... shape) {
        long bytes = type.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        return bytes;
    }

    @Override
    public void close() {
        owned.forEach(OnnxTensor::close);
        owned.clear();
        memory.close();
    }
}
