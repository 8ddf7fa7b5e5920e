package dev.llmadapt.local.graph;

import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * A weight whose data stay outside the graph and are handed to the session when it is opened.
 *
 * @param name the name of its value in the graph
 * @param type the type of its elements
 * @param shape its dimensions, all known
 * @param data gives its elements when asked: a native-order buffer of exactly the elements' bytes, row-major, mapped or
 *     in the memory given, which is there until a session has taken them
 */
public record ExternalWeight(String name, ElementType type, Shape shape, Function<NativeArena, ByteBuffer> data) {
    /** Returns the bytes of all elements. */
    public long bytes() {
        return Math.multiplyExact(shape.elements(), type.bytes());
    }
}
