package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The keys and values of several rows of text, a buffer for each layer and kind:
 * {@code (slots, keyValueHeads, capacity, headDim)}. The engine reads and writes it in place, since the same tensor goes
 * in as past and comes out as present; a single row, or the first n, are views of the same memory. Not thread-safe.
 */
final class KeyValueCache implements AutoCloseable {
    private final CacheLayout layout;
    private final int slots;
    private final int capacity;
    private final ByteBuffer[] buffers; // keys and values of layer 0, of layer 1, ...
    private final Map<Integer, View> firstRows = new HashMap<>();
    private final Map<Integer, View> singleRows = new HashMap<>();

    KeyValueCache(CacheLayout layout, int slots, int capacity) {
        this.layout = layout;
        this.slots = slots;
        this.capacity = capacity;
        this.buffers = new ByteBuffer[layout.layers().size() * 2];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ByteBuffer.allocateDirect(Math.multiplyExact(slots, rowBytes()))
                    .order(ByteOrder.nativeOrder());
        }
    }

    /** The tensors of some rows, by the names of the graph's inputs and outputs. */
    record View(Map<String, OnnxTensor> past, Map<String, OnnxTensor> present) {}

    int slots() {
        return slots;
    }

    int capacity() {
        return capacity;
    }

    /** The first n rows. */
    View first(int n) {
        return firstRows.computeIfAbsent(n, key -> view(0, n));
    }

    /** One row alone. */
    View row(int slot) {
        return singleRows.computeIfAbsent(slot, key -> view(slot, 1));
    }

    /** Copies what another cache of the same graph holds of its rows, as far as both reach. */
    void copyFrom(KeyValueCache other, int[] filled) {
        int headBytes = capacity * layout.headBytes();
        int otherHeadBytes = other.capacity * layout.headBytes();
        for (int i = 0; i < buffers.length; i++) {
            for (int slot = 0; slot < Math.min(slots, other.slots); slot++) {
                int bytes = Math.min(filled[slot], capacity) * layout.headBytes();
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    buffers[i].put(
                            slot * rowBytes() + head * headBytes,
                            other.buffers[i],
                            slot * other.rowBytes() + head * otherHeadBytes,
                            bytes);
                }
            }
        }
    }

    /** Copies some tokens of a row to the same places of another. */
    void copy(int from, int to, int start, int end) {
        int bytes = (end - start) * layout.headBytes();
        for (ByteBuffer buffer : buffers) {
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                buffer.put(offset(to, head, start), buffer, offset(from, head, start), bytes);
            }
        }
    }

    /**
     * Writes keys and values of a row's first tokens.
     *
     * @param values {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys first
     */
    void write(int slot, float[] values, int tokens) {
        int headValues = tokens * layout.headDim();
        int from = 0;
        for (ByteBuffer buffer : buffers) {
            FloatBuffer target = buffer.asFloatBuffer();
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                target.put(slot * rowBytes() / 4 + head * capacity * layout.headDim(), values, from, headValues);
                from += headValues;
            }
        }
    }

    /** Reads keys and values of a row's first tokens, as {@link #write} takes them. */
    float[] read(int slot, int tokens) {
        int headValues = tokens * layout.headDim();
        float[] values = new float[buffers.length * layout.keyValueHeads() * headValues];
        int to = 0;
        for (ByteBuffer buffer : buffers) {
            FloatBuffer source = buffer.asFloatBuffer();
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                source.get(offset(slot, head, 0) / Float.BYTES, values, to, headValues);
                to += headValues;
            }
        }
        return values;
    }

    /** The memory of a tensor of the cache, keys and values of layer 0 first; see {@link #offset}. */
    ByteBuffer buffer(int index) {
        return buffers[index];
    }

    /** Where a token of a slot's head begins in each buffer. */
    int offset(int slot, int head, int token) {
        return slot * rowBytes() + (head * capacity + token) * layout.headBytes();
    }

    private int rowBytes() {
        return Math.multiplyExact(layout.keyValueHeads() * layout.headBytes(), capacity);
    }

    private View view(int slot, int rows) {
        Map<String, OnnxTensor> past = new HashMap<>();
        Map<String, OnnxTensor> present = new HashMap<>();
        for (int i = 0; i < layout.layers().size(); i++) {
            CacheLayout.Layer layer = layout.layers().get(i);
            OnnxTensor keys = tensor(buffers[2 * i], slot, rows);
            past.put(layer.pastKey(), keys);
            present.put(layer.presentKey(), keys);
            OnnxTensor values = tensor(buffers[2 * i + 1], slot, rows);
            past.put(layer.pastValue(), values);
            present.put(layer.presentValue(), values);
        }
        return new View(past, present);
    }

    private OnnxTensor tensor(ByteBuffer buffer, int slot, int rows) {
        ByteBuffer region = buffer.duplicate().order(ByteOrder.nativeOrder());
        region.position(slot * rowBytes()).limit((slot + rows) * rowBytes());
        return OnnxSession.tensor(region, ElementType.FLOAT, rows, layout.keyValueHeads(), capacity, layout.headDim());
    }

    @Override
    public void close() {
        firstRows.values().forEach(KeyValueCache::close);
        singleRows.values().forEach(KeyValueCache::close);
        firstRows.clear();
        singleRows.clear();
    }

    private static void close(View view) {
        view.past().values().forEach(OnnxTensor::close);
    }
}
