package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.architecture.Buffers;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.graph.ElementType;
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
    private final int slots;
    private final int capacity;
    private final List<Long> addresses = new ArrayList<>(); // keys and values of layer 0, of layer 1, ...
    private final Map<Integer, List<DeviceTensor>> firstRows = new HashMap<>();
    private final Map<Integer, List<DeviceTensor>> singleRows = new HashMap<>();

    DeviceCache(DeviceMemory memory, CacheLayout layout, ElementType numbers, int slots, int capacity) {
        this.memory = memory;
        this.layout = layout;
        this.numbers = numbers;
        this.slots = slots;
        this.capacity = capacity;
        try {
            for (int i = 0; i < 2 * layout.layers().size() && slots > 0; i++) {
                addresses.add(memory.allocate(slots * rowBytes()));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    int slots() {
        return slots;
    }

    int capacity() {
        return capacity;
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

    /** Copies what another cache of the same graph holds of its rows, as far as both reach. */
    void copyFrom(DeviceCache other, int[] filled) {
        for (int slot = 0; slot < Math.min(slots, other.slots); slot++) {
            long width = (long) Math.min(filled[slot], capacity) * tokenBytes();
            for (int i = 0; i < addresses.size(); i++) {
                memory.copy(
                        addresses.get(i) + slot * rowBytes(),
                        headBytes(),
                        other.addresses.get(i) + slot * other.rowBytes(),
                        other.headBytes(),
                        width,
                        layout.keyValueHeads());
            }
        }
        memory.synchronize();
    }

    /** Copies some tokens of a row to the same places of another. */
    void copy(int from, int to, int start, int end) {
        for (long address : addresses) {
            memory.copy(
                    address + to * rowBytes() + start * tokenBytes(),
                    headBytes(),
                    address + from * rowBytes() + start * tokenBytes(),
                    headBytes(),
                    (end - start) * tokenBytes(),
                    layout.keyValueHeads());
        }
    }

    /**
     * Writes keys and values of a row's first tokens.
     *
     * @param values {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys first
     */
    void write(int slot, float[] values, int tokens) {
        int headValues = tokens * layout.headDim();
        ByteBuffer floats = Buffers.direct(values.length * 4L);
        floats.asFloatBuffer().put(values);
        ByteBuffer rounded = Buffers.rounded(floats, numbers);
        int from = 0;
        for (long address : addresses) {
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                ByteBuffer part = rounded.duplicate()
                        .order(ByteOrder.nativeOrder())
                        .position(from * numbers.bytes())
                        .limit((from + headValues) * numbers.bytes());
                memory.write(address + slot * rowBytes() + head * headBytes(), part);
                from += headValues;
            }
        }
    }

    private long tokenBytes() {
        return (long) layout.headDim() * numbers.bytes();
    }

    private long headBytes() {
        return tokenBytes() * capacity;
    }

    private long rowBytes() {
        return headBytes() * layout.keyValueHeads();
    }

    private List<DeviceTensor> tensors(int slot, int rows) {
        return addresses.stream()
                .map(address -> DeviceTensor.view(
                        memory,
                        address + slot * rowBytes(),
                        numbers,
                        rows,
                        layout.keyValueHeads(),
                        capacity,
                        layout.headDim()))
                .toList();
    }

    @Override
    public void close() {
        firstRows.values().forEach(rows -> rows.forEach(DeviceTensor::close));
        singleRows.values().forEach(rows -> rows.forEach(DeviceTensor::close));
        firstRows.clear();
        singleRows.clear();
        addresses.forEach(memory::free);
        addresses.clear();
    }
}
