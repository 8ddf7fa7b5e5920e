package dev.llmadapt.local.runtime;

import dev.llmadapt.local.graph.ElementType;
import java.nio.ByteBuffer;

/**
 * A buffer that this process fills or reads, and tensors over its beginning where the engine computes. Owns the
 * tensors, not the buffer.
 *
 * @param <T> the tensors
 */
interface Operand<T> extends AutoCloseable {
    /** The type in the buffer of an operand of a type: floats have 32 bits there. */
    static ElementType inBuffer(ElementType type) {
        return type == ElementType.FLOAT16 || type == ElementType.BFLOAT16 ? ElementType.FLOAT : type;
    }

    /** The buffer, from its first element. */
    ByteBuffer buffer();

    /** Elements in the buffer. */
    long elements();

    /** Makes a tensor over the first elements. */
    T tensor(long... shape);

    /** Takes the buffer's first elements to where the engine reads them. */
    void push(long elements);

    /** Brings the first elements that the engine wrote to the buffer. */
    void pull(long elements);

    /** Closes the tensors; others can be made. */
    void closeTensors();

    @Override
    void close();
}
