package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.Buffers;
import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys and values of several sequences, a {@link Plane} for each layer and kind. The engine reads and writes it in
 * place, since the same tensor goes in as past and comes out as present; a single row, or several side by side, are
 * views of the same memory.
 *
 * <p>It grows and shrinks plane by plane, so that only one is there twice at a time. If there is no memory for one,
 * those before it have the new size already and the others the old one, and what all have room for is as it was: hence
 * slots and capacity are those of the smallest. Not thread-safe.
 *
 * @param <T> tensors over it
 */
final class KeyValueCache<T> implements AutoCloseable {
    private final Backend<T> backend;
    private final CacheLayout layout;
    private final List<Plane<T>> planes = new ArrayList<>(); // keys and values of layer 0, of layer 1, ...
    private final Map<Rows, View<T>> views = new HashMap<>();

    KeyValueCache(Backend<T> backend, CacheLayout layout) {
        this.backend = backend;
        this.layout = layout;
        for (int i = 0; i < 2 * layout.layers().size(); i++) {
            planes.add(backend.plane(layout));
        }
    }

    private record Rows(int first, int count) {}

    /** The tensors of some rows, by the names of the graph's inputs and outputs. */
    record View<T>(Map<String, T> past, Map<String, T> present) {}

    /** Returns the bytes of slots that are full. */
    long bytes(int slots, int capacity) {
        return Math.multiplyExact(
                Plane.bytes(layout, slots, capacity), 2L * layout.layers().size());
    }

    /** Returns the bytes of slots that have room for the longest of so many tokens, and hold no more than theirs. */
    long bytes(int[] tokens) {
        int longest = Arrays.stream(tokens).max().orElse(0);
        long taken = backend.sparse() ? Arrays.stream(tokens).asLongStream().sum() : (long) tokens.length * longest;
        return Math.multiplyExact(
                Plane.bytes(layout, 1, taken), 2L * layout.layers().size());
    }

    /** Returns the most tokens of each of some slots. */
    int mostCapacity(int slots) {
        return (int) Math.min(Integer.MAX_VALUE, backend.mostOfPlane() / Plane.bytes(layout, Math.max(1, slots), 1));
    }

    int slots() {
        return planes.stream().mapToInt(Plane::slots).min().orElse(0);
    }

    int capacity() {
        return planes.stream().mapToInt(Plane::capacity).min().orElse(0);
    }

    /** Returns some rows that lie side by side. */
    View<T> rows(int first, int count) {
        return views.computeIfAbsent(new Rows(first, count), key -> view(first, count));
    }

    /** Returns one row alone. */
    View<T> row(int slot) {
        return rows(slot, 1);
    }

    /**
     * Lays the slots out anew, in memory of which only what is kept is taken; all views are closed.
     *
     * @param filled tokens of each slot to keep, as far as there is room afterwards
     * @throws dev.llmadapt.InferenceException if there is no memory for it
     */
    void resize(int slots, int capacity, int[] filled) {
        closeViews();
        for (int i = 0; i < planes.size(); i++) {
            Plane<T> plane = planes.get(i);
            planes.set(i, plane.resized(slots, capacity, filled));
            plane.close();
        }
    }

    /** Copies some tokens of a row to the same positions of another. */
    void copy(int from, int to, int start, int end) {
        for (Plane<T> plane : planes) {
            plane.copy(from, to, start, end);
        }
    }

    /** Fills a row with zeros. */
    void clear(int slot) {
        for (Plane<T> plane : planes) {
            plane.clear(slot);
        }
    }

    /**
     * Writes keys and values of a row's first tokens.
     *
     * @param values {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys first
     */
    void write(int slot, float[] values, int tokens) {
        try (NativeArena memory = new NativeArena()) {
            ByteBuffer numbers = layout.scales()
                    .map(scales -> scales.rounded(memory, values))
                    .orElseGet(() -> Buffers.rounded(memory, memory.copy(values), layout.dtype()));
            int at = 0;
            for (Plane<T> plane : planes) {
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    plane.put(slot, head, 0, numbers, at, tokens);
                    at += headBytes(tokens);
                }
            }
        }
    }

    /** Reads keys and values of a row's first tokens, as {@link #write} takes them. */
    float[] read(int slot, int tokens) {
        try (NativeArena memory = new NativeArena()) {
            ByteBuffer numbers = memory.zeros((long) planes.size() * layout.keyValueHeads() * headBytes(tokens));
            int at = 0;
            for (Plane<T> plane : planes) {
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    plane.get(slot, head, 0, numbers, at, tokens);
                    at += headBytes(tokens);
                }
            }
            return layout.scales()
                    .map(scales -> scales.floats(numbers))
                    .orElseGet(() -> Buffers.floats(numbers, layout.dtype()));
        }
    }

    private int headBytes(int tokens) {
        return tokens * layout.headDim() * layout.dtype().bytes();
    }

    /** Returns a plane: those of layer 0 come first, keys before values. */
    Plane<T> plane(int index) {
        return planes.get(index);
    }

    private View<T> view(int slot, int rows) {
        Map<String, T> past = new HashMap<>();
        Map<String, T> present = new HashMap<>();
        for (int i = 0; i < layout.layers().size(); i++) {
            CacheLayout.Layer layer = layout.layers().get(i);
            T keys = planes.get(2 * i).tensor(slot, rows);
            past.put(layer.pastKey(), keys);
            present.put(layer.presentKey(), keys);
            T values = planes.get(2 * i + 1).tensor(slot, rows);
            past.put(layer.pastValue(), values);
            present.put(layer.presentValue(), values);
        }
        return new View<>(past, present);
    }

    private void closeViews() {
        views.clear();
        planes.forEach(Plane::closeTensors);
    }

    @Override
    public void close() {
        closeViews();
        planes.forEach(Plane::close);
    }
}
