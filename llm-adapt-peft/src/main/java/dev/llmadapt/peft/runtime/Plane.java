package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Supplier;

/** The keys or the values of one layer: {@code (slots, keyValueHeads, capacity, headDim)}, and the memory for them. */
final class Plane implements AutoCloseable {
    private final Supplier<NativeArena> arenas;
    private final NativeArena memory;
    private final CacheLayout layout;
    private final int slots;
    private final int capacity;
    private final ByteBuffer buffer;

    /**
     * Zeros.
     *
     * @param arenas where memory comes from
     * @throws dev.llmadapt.peft.InferenceException if there is no memory for them
     */
    Plane(Supplier<NativeArena> arenas, CacheLayout layout, int slots, int capacity) {
        this.arenas = arenas;
        this.memory = arenas.get();
        this.layout = layout;
        this.slots = slots;
        this.capacity = capacity;
        this.buffer = memory.zeros(bytes(layout, slots, capacity));
    }

    static long bytes(CacheLayout layout, long slots, long capacity) {
        return Math.multiplyExact(
                Math.multiplyExact(slots, capacity), (long) layout.keyValueHeads() * layout.headBytes());
    }

    int slots() {
        return slots;
    }

    int capacity() {
        return capacity;
    }

    /** Another of the same layer with what this one holds, as far as both reach. This one stays as it is. */
    Plane resized(int slots, int capacity, int[] filled) {
        Plane resized = new Plane(arenas, layout, slots, capacity);
        for (int slot = 0; slot < Math.min(slots, this.slots); slot++) {
            int tokens = Math.min(filled[slot], Math.min(capacity, this.capacity));
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                resized.put(slot, head, 0, buffer, offset(slot, head, 0), tokens);
            }
        }
        return resized;
    }

    /** Copies some tokens of a slot to the same places of another. */
    void copy(int from, int to, int start, int end) {
        for (int head = 0; head < layout.keyValueHeads(); head++) {
            put(to, head, start, buffer, offset(from, head, start), end - start);
        }
    }

    /** Fills a slot with zeros. */
    void clear(int slot) {
        int from = offset(slot, 0, 0);
        int to = offset(slot + 1, 0, 0);
        for (int at = from; at < to; at++) {
            buffer.put(at, (byte) 0);
        }
    }

    /** Writes tokens of one head. */
    void put(int slot, int head, int token, ByteBuffer from, int at, int tokens) {
        buffer.put(offset(slot, head, token), from, at, tokens * layout.headBytes());
    }

    /** Reads tokens of one head. */
    void get(int slot, int head, int token, ByteBuffer to, int at, int tokens) {
        to.put(at, buffer, offset(slot, head, token), tokens * layout.headBytes());
    }

    /** The numbers, for {@link #place}. */
    FloatBuffer numbers() {
        return buffer.asFloatBuffer();
    }

    /** Where a head's tokens begin among the numbers. */
    int place(int slot, int head) {
        return offset(slot, head, 0) / Float.BYTES;
    }

    /** A tensor over some slots; to be closed before this. */
    OnnxTensor tensor(int slot, int rows) {
        ByteBuffer region = buffer.slice(offset(slot, 0, 0), (int) bytes(layout, rows, capacity))
                .order(buffer.order());
        return OnnxSession.tensor(region, ElementType.FLOAT, rows, layout.keyValueHeads(), capacity, layout.headDim());
    }

    private int offset(int slot, int head, int token) {
        return ((slot * layout.keyValueHeads() + head) * capacity + token) * layout.headBytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}
