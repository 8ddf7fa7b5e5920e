package dev.llmadapt.local.graph;

import dev.llmadapt.files.Sha256;
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
 * @param packed whether its elements are laid out anew from those of a checkpoint and nothing else, which takes time
 */
public record ExternalWeight(
        String name, ElementType type, Shape shape, Function<NativeArena, ByteBuffer> data, boolean packed) {
    /** A weight that is not packed. */
    public ExternalWeight(String name, ElementType type, Shape shape, Function<NativeArena, ByteBuffer> data) {
        this(name, type, shape, data, false);
    }

    /** Returns the name of a file for its elements, which no other weight of the same checkpoint has. */
    public String fileName() {
        return Sha256.of(name + "\n" + type + "\n" + shape).substring(0, 32);
    }

    /** Returns the bytes of all elements. */
    public long bytes() {
        return Math.multiplyExact(shape.elements(), type.bytes());
    }
}
