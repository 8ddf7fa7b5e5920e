package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.memory.NativeArena;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The keys and values of several rows of text, a {@link Plane} for each layer and kind. The engine reads and writes it in
 * place, since the same tensor goes in as past and comes out as present; a single row, or the first n, are views of the
 * same memory.
 *
 * <p>It grows and shrinks plane by plane, so that only one is there twice at a time. If there is no memory for one, those
 * before it have the new size already and the others the old one, and what all have room for is as it was: hence slots and
 * capacity are those of the smallest. Not thread-safe.
 */
final class KeyValueCache implements AutoCloseable {
    private final CacheLayout layout;
    private final Plane[] planes; // keys and values of layer 0, of layer 1, ...
    private final Map<Integer, View> firstRows = new HashMap<>();
    private final Map<Integer, View> singleRows = new HashMap<>();

    KeyValueCache(CacheLayout layout) {
        this(layout, NativeArena::new);
    }

    KeyValueCache(CacheLayout layout, Supplier<NativeArena> arenas) {
        this.layout = layout;
        this.planes = new Plane[layout.layers().size() * 2];
        Arrays.setAll(planes, i -> new Plane(arenas, layout, 0, 0));
    }

    /** The tensors of some rows, by the names of the graph's inputs and outputs. */
    record View(Map<String, OnnxTensor> past, Map<String, OnnxTensor> present) {}

    /** Bytes of so many slots. */
    static long bytes(CacheLayout layout, int slots, int capacity) {
        return Math.multiplyExact(
                Plane.bytes(layout, slots, capacity), 2L * layout.layers().size());
    }

    int slots() {
        return Arrays.stream(planes).mapToInt(Plane::slots).min().orElse(0);
    }

    int capacity() {
        return Arrays.stream(planes).mapToInt(Plane::capacity).min().orElse(0);
    }

    /** The first n rows. */
    View first(int n) {
        return firstRows.computeIfAbsent(n, key -> view(0, n));
    }

    /** One row alone. */
    View row(int slot) {
        return singleRows.computeIfAbsent(slot, key -> view(slot, 1));
    }

    /**
     * Gives it another size; all views are closed.
     *
     * @param filled tokens of each slot to keep, as far as there is room afterwards
     * @throws dev.llmadapt.peft.InferenceException if there is no memory for it
     */
    void resize(int slots, int capacity, int[] filled) {
        closeViews();
        for (int i = 0; i < planes.length; i++) {
            if (planes[i].slots() != slots || planes[i].capacity() != capacity) {
                Plane resized = planes[i].resized(slots, capacity, filled);
                planes[i].close();
                planes[i] = resized;
            }
        }
    }

    /** Copies some tokens of a row to the same places of another. */
    void copy(int from, int to, int start, int end) {
        for (Plane plane : planes) {
            plane.copy(from, to, start, end);
        }
    }

    /** Fills a row with zeros. */
    void clear(int slot) {
        for (Plane plane : planes) {
            plane.clear(slot);
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
        for (Plane plane : planes) {
            FloatBuffer target = plane.numbers();
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                target.put(plane.place(slot, head), values, from, headValues);
                from += headValues;
            }
        }
    }

    /** Reads keys and values of a row's first tokens, as {@link #write} takes them. */
    float[] read(int slot, int tokens) {
        int headValues = tokens * layout.headDim();
        float[] values = new float[planes.length * layout.keyValueHeads() * headValues];
        int to = 0;
        for (Plane plane : planes) {
            FloatBuffer source = plane.numbers();
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                source.get(plane.place(slot, head), values, to, headValues);
                to += headValues;
            }
        }
        return values;
    }

    /** Keys or values of a layer, keys of layer 0 first. */
    Plane plane(int index) {
        return planes[index];
    }

    private View view(int slot, int rows) {
        Map<String, OnnxTensor> past = new HashMap<>();
        Map<String, OnnxTensor> present = new HashMap<>();
        for (int i = 0; i < layout.layers().size(); i++) {
            CacheLayout.Layer layer = layout.layers().get(i);
            OnnxTensor keys = planes[2 * i].tensor(slot, rows);
            past.put(layer.pastKey(), keys);
            present.put(layer.presentKey(), keys);
            OnnxTensor values = planes[2 * i + 1].tensor(slot, rows);
            past.put(layer.pastValue(), values);
            present.put(layer.presentValue(), values);
        }
        return new View(past, present);
    }

    private void closeViews() {
        firstRows.values().forEach(KeyValueCache::close);
        singleRows.values().forEach(KeyValueCache::close);
        firstRows.clear();
        singleRows.clear();
    }

    private static void close(View view) {
        view.past().values().forEach(OnnxTensor::close);
    }

    @Override
    public void close() {
        closeViews();
        for (Plane plane : planes) {
            plane.close();
        }
    }
}
