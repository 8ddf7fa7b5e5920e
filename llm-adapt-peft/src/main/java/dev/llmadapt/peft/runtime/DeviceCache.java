package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.architecture.Buffers;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.memory.NativeArena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link KeyValueCache} is, in a device's memory and its numbers. Not thread-safe. */
final class DeviceCache implements AutoCloseable {
    private final DeviceMemory memory;
    private final CacheLayout layout;
    private final ElementType numbers;
    private final List<Plane> planes = new ArrayList<>(); // keys and values of layer 0, of layer 1, ...
    private final Map<Integer, List<DeviceTensor>> firstRows = new HashMap<>();
    private final Map<Integer, List<DeviceTensor>> singleRows = new HashMap<>();

    DeviceCache(DeviceMemory memory, CacheLayout layout, ElementType numbers) {
        this.memory = memory;
        this.layout = layout;
        this.numbers = numbers;
        for (int i = 0; i < 2 * layout.layers().size(); i++) {
            planes.add(new Plane(0, 0));
        }
    }

    /** The keys or the values of a layer. */
    private final class Plane {
        final int slots;
        final int capacity;
        private final long address; // 0 without slots

        Plane(int slots, int capacity) {
            this.slots = slots;
            this.capacity = capacity;
            this.address = slots == 0 ? 0 : memory.allocate(slots * rowBytes());
        }

        long headBytes() {
            return tokenBytes() * capacity;
        }

        long rowBytes() {
            return headBytes() * layout.keyValueHeads();
        }

        long row(int slot) {
            return address + slot * rowBytes();
        }

        /** Copies what another holds, as far as both reach. */
        void copyFrom(Plane other, int[] filled) {
            for (int slot = 0; slot < Math.min(slots, other.slots); slot++) {
                long width = Math.min(filled[slot], Math.min(capacity, other.capacity)) * tokenBytes();
                memory.copy(row(slot), headBytes(), other.row(slot), other.headBytes(), width, layout.keyValueHeads());
            }
            memory.synchronize();
        }

        DeviceTensor tensor(int slot, int rows) {
            return DeviceTensor.view(
                    memory, row(slot), numbers, rows, layout.keyValueHeads(), capacity, layout.headDim());
        }

        void free() {
            if (slots > 0) {
                memory.free(address);
            }
        }
    }

    /** Bytes of so many slots. */
    static long bytes(CacheLayout layout, ElementType numbers, int slots, int capacity) {
        long token = 2L * layout.layers().size() * layout.keyValueHeads() * layout.headDim() * numbers.bytes();
        return Math.multiplyExact(token, (long) slots * capacity);
    }

    int slots() {
        return planes.stream().mapToInt(plane -> plane.slots).min().orElse(0);
    }

    int capacity() {
        return planes.stream().mapToInt(plane -> plane.capacity).min().orElse(0);
    }

    /** See {@link KeyValueCache#resize}. */
    void resize(int slots, int capacity, int[] filled) {
        closeViews();
        for (int i = 0; i < planes.size(); i++) {
            Plane old = planes.get(i);
            if (old.slots != slots || old.capacity != capacity) {
                Plane resized = new Plane(slots, capacity);
                resized.copyFrom(old, filled);
                planes.set(i, resized);
                old.free();
            }
        }
    }

    /** The tensors of the first n rows, keys and values of layer 0 first. */
    List<DeviceTensor> first(int n) {
        return firstRows.computeIfAbsent(n, key -> tensors(0, n));
    }

    /** Those of one row alone. */
    List<DeviceTensor> row(int slot) {
        return singleRows.computeIfAbsent(slot, key -> tensors(slot, 1));
    }

    /** Binds some rows as the past and the present of a run. */
    void bind(List<DeviceTensor> rows, DeviceSession.Binding binding) {
        for (int i = 0; i < layout.layers().size(); i++) {
            CacheLayout.Layer layer = layout.layers().get(i);
            binding.input(layer.pastKey(), rows.get(2 * i));
            binding.output(layer.presentKey(), rows.get(2 * i));
            binding.input(layer.pastValue(), rows.get(2 * i + 1));
            binding.output(layer.presentValue(), rows.get(2 * i + 1));
        }
    }

    /** Copies some tokens of a row to the same places of another. */
    void copy(int from, int to, int start, int end) {
        for (Plane plane : planes) {
            memory.copy(
                    plane.row(to) + start * tokenBytes(),
                    plane.headBytes(),
                    plane.row(from) + start * tokenBytes(),
                    plane.headBytes(),
                    (end - start) * tokenBytes(),
                    layout.keyValueHeads());
        }
    }

    /** Fills a row with zeros. */
    void clear(int slot) {
        try (NativeArena host = new NativeArena()) {
            ByteBuffer zeros = host.zeros(planes.get(0).rowBytes());
            for (Plane plane : planes) {
                memory.write(plane.row(slot), zeros.duplicate());
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
        try (NativeArena host = new NativeArena()) {
            ByteBuffer rounded = Buffers.rounded(host, host.copy(values), numbers);
            int from = 0;
            for (Plane plane : planes) {
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    ByteBuffer part = rounded.duplicate()
                            .order(ByteOrder.nativeOrder())
                            .position(from * numbers.bytes())
                            .limit((from + headValues) * numbers.bytes());
                    memory.write(plane.row(slot) + head * plane.headBytes(), part);
                    from += headValues;
                }
            }
        }
    }

    private long tokenBytes() {
        return (long) layout.headDim() * numbers.bytes();
    }

    private List<DeviceTensor> tensors(int slot, int rows) {
        return planes.stream().map(plane -> plane.tensor(slot, rows)).toList();
    }

    private void closeViews() {
        firstRows.values().forEach(rows -> rows.forEach(DeviceTensor::close));
        singleRows.values().forEach(rows -> rows.forEach(DeviceTensor::close));
        firstRows.clear();
        singleRows.clear();
    }

    @Override
    public void close() {
        closeViews();
        planes.forEach(Plane::free);
        planes.clear();
    }
}
