package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A plane in a device's memory. */
final class DevicePlane implements Plane<DeviceTensor> {
    private final DeviceMemory memory;
    private final CacheLayout layout;
    private final int slots;
    private final int capacity;
    private final List<DeviceTensor> tensors = new ArrayList<>();
    private long address; // 0 without memory

    /**
     * Makes a plane of zeros.
     *
     * @throws dev.llmadapt.InferenceException if there is no memory for it
     */
    DevicePlane(DeviceMemory memory, CacheLayout layout, int slots, int capacity) {
        this.memory = memory;
        this.layout = layout;
        this.slots = slots;
        this.capacity = capacity;
        this.address = slots == 0 ? 0 : memory.allocate(slots * rowBytes());
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public DevicePlane resized(int slots, int capacity, int[] filled) {
        DevicePlane resized = new DevicePlane(memory, layout, slots, capacity);
        try {
            for (int slot = 0; slot < Math.min(slots, this.slots); slot++) {
                long width = Math.min(filled[slot], Math.min(capacity, this.capacity)) * tokenBytes();
                memory.copy(
                        resized.at(slot, 0, 0),
                        resized.headBytes(),
                        at(slot, 0, 0),
                        headBytes(),
                        width,
                        layout.keyValueHeads());
            }
            memory.synchronize();
            return resized;
        } catch (RuntimeException | Error e) {
            resized.close();
            throw e;
        }
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        memory.copy(
                at(to, 0, start),
                headBytes(),
                at(from, 0, start),
                headBytes(),
                (end - start) * tokenBytes(),
                layout.keyValueHeads());
    }

    @Override
    public void clear(int slot) {
        try (NativeArena host = new NativeArena()) {
            memory.write(at(slot, 0, 0), host.zeros(rowBytes()));
        }
    }

    @Override
    public void put(int slot, int head, int token, ByteBuffer from, int at, int tokens) {
        memory.write(at(slot, head, token), from.slice(at, (int) (tokens * tokenBytes())));
    }

    @Override
    public void get(int slot, int head, int token, ByteBuffer to, int at, int tokens) {
        memory.read(to.slice(at, (int) (tokens * tokenBytes())), at(slot, head, token));
    }

    @Override
    public DeviceTensor tensor(int slot, int rows) {
        DeviceTensor tensor = DeviceTensor.view(
                memory, at(slot, 0, 0), layout.dtype(), rows, layout.keyValueHeads(), capacity, layout.headDim());
        tensors.add(tensor);
        return tensor;
    }

    private long at(int slot, int head, int token) {
        return address + slot * rowBytes() + head * headBytes() + token * tokenBytes();
    }

    private long tokenBytes() {
        return layout.headBytes();
    }

    private long headBytes() {
        return tokenBytes() * capacity;
    }

    private long rowBytes() {
        return headBytes() * layout.keyValueHeads();
    }

    @Override
    public void closeTensors() {
        tensors.forEach(DeviceTensor::close);
        tensors.clear();
    }

    @Override
    public void close() {
        closeTensors();
        if (address != 0) {
            memory.free(address);
            address = 0;
        }
    }
}
