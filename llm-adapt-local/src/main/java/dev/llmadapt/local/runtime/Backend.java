package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.CacheBudget;
import java.nio.ByteBuffer;

/**
 * The memory that a session's tensors lie in: this process's, through ONNX Runtime's Java interface, or a device's,
 * through its C interface. It outlives the engines that the session adopts.
 *
 * @param <T> a tensor there
 */
sealed interface Backend<T> permits HostBackend, DeviceBackend {
    /** The type of keys, values and embeddings. */
    ElementType dtype();

    /**
     * Grants memory for keys and values.
     *
     * @param asked bytes, or 0 for a share
     * @param weights bytes of the model
     */
    CacheBudget budget(long asked, long weights);

    /** Whether a plane takes memory only for the tokens that were written, and not for all it has room for. */
    boolean sparse();

    /** The most bytes of a plane. */
    long mostOfPlane();

    /** Makes a plane without slots. */
    Plane<T> plane(CacheLayout layout);

    /**
     * Makes an operand.
     *
     * @param buffer direct, in native order, kept by the caller; 32-bit floats where the type is a float of 16 bits
     * @param type of the tensors
     */
    Operand<T> operand(ByteBuffer buffer, ElementType type);

    /** Makes an operand that ONNX Runtime reads in this process whatever the device: sizes and indices. */
    Operand<T> hostOperand(ByteBuffer buffer, ElementType type);

    /**
     * Returns the graph that an engine runs.
     *
     * @throws IllegalArgumentException if its tensors lie in other memory
     */
    LoadedGraph<T> graph(Engine engine);

    /** Returns the error for an engine whose tensors lie in other memory. */
    static IllegalArgumentException otherMemory(String engines, String sessions) {
        return new IllegalArgumentException("the engine computes in " + engines + " and the session in " + sessions
                + "; open the engine with the device of the session");
    }
}
