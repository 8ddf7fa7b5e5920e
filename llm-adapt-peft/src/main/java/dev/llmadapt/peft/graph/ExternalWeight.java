package dev.llmadapt.peft.graph;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A weight whose numbers stay outside the graph and are handed to the session when it is made.
 *
 * @param name the name of its value in the graph
 * @param type the type of its elements
 * @param shape its dimensions, all known
 * @param data gives its elements when asked: a direct, native-order buffer of exactly the elements' bytes, row-major
 */
public record ExternalWeight(String name, ElementType type, Shape shape, Supplier<ByteBuffer> data) {
    /** Bytes of all elements. */
    public long bytes() {
        return Math.multiplyExact(shape.elements(), type.bytes());
    }
}
