package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.CacheLayout;
import java.nio.ByteBuffer;

/**
 * The keys or the values of one layer, {@code (slots, keyValueHeads, capacity, headDim)}, and the memory for them.
 *
 * @param <T> tensors over them
 */
sealed interface Plane<T> extends AutoCloseable permits HostPlane, DevicePlane {
    /** Returns the bytes of slots of a capacity. */
    static long bytes(CacheLayout layout, long slots, long capacity) {
        return Math.multiplyExact(
                Math.multiplyExact(slots, capacity), (long) layout.keyValueHeads() * layout.headBytes());
    }

    int slots();

    int capacity();

    /**
     * Makes another plane of the same layer with what this one holds, as far as both reach. This one stays as it is.
     *
     * @param filled tokens of each slot
     * @throws dev.llmadapt.InferenceException if there is no memory for it
     */
    Plane<T> resized(int slots, int capacity, int[] filled);

    /** Copies some tokens of a slot to the same positions of another. */
    void copy(int from, int to, int start, int end);

    /** Fills a slot with zeros. */
    void clear(int slot);

    /** Writes tokens of one head from a direct buffer, where they begin at a byte. */
    void put(int slot, int head, int token, ByteBuffer from, int at, int tokens);

    /** Reads tokens of one head into a direct buffer, where they begin at a byte. */
    void get(int slot, int head, int token, ByteBuffer to, int at, int tokens);

    /** Makes a tensor over some slots, which the plane owns. */
    T tensor(int slot, int rows);

    /** Closes the tensors; others can be made. */
    void closeTensors();

    @Override
    void close();
}
