package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A plane in this process's memory, which takes the pages that are written. */
final class HostPlane implements Plane<OnnxTensor> {
    private final Supplier<NativeArena> arenas;
    private final NativeArena memory;
    private final CacheLayout layout;
    private final int slots;
    private final int capacity;
    private final ByteBuffer buffer;
    private final List<OnnxTensor> tensors = new ArrayList<>();

    /**
     * Makes a plane of zeros.
     *
     * @param arenas where memory comes from
     * @throws dev.llmadapt.InferenceException if there is no memory for it
     */
    HostPlane(Supplier<NativeArena> arenas, CacheLayout layout, int slots, int capacity) {
        this.arenas = arenas;
        this.memory = arenas.get();
        this.layout = layout;
        this.slots = slots;
        this.capacity = capacity;
        this.buffer = memory.zeros(Plane.bytes(layout, slots, capacity));
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
    public HostPlane resized(int slots, int capacity, int[] filled) {
        HostPlane resized = new HostPlane(arenas, layout, slots, capacity);
        for (int slot = 0; slot < Math.min(slots, this.slots); slot++) {
            int tokens = Math.min(filled[slot], Math.min(capacity, this.capacity));
            for (int head = 0; head < layout.keyValueHeads(); head++) {
                resized.put(slot, head, 0, buffer, offset(slot, head, 0), tokens);
            }
        }
        return resized;
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        for (int head = 0; head < layout.keyValueHeads(); head++) {
            put(to, head, start, buffer, offset(from, head, start), end - start);
        }
    }

    @Override
    public void clear(int slot) {
        int from = offset(slot, 0, 0);
        int to = offset(slot + 1, 0, 0);
        for (int at = from; at < to; at += Float.BYTES) {
            if (buffer.getInt(at) != 0) { // what was never written takes no memory, and takes none by being read
                buffer.putInt(at, 0);
            }
        }
    }

    @Override
    public void put(int slot, int head, int token, ByteBuffer from, int at, int tokens) {
        buffer.put(offset(slot, head, token), from, at, tokens * layout.headBytes());
    }

    @Override
    public void get(int slot, int head, int token, ByteBuffer to, int at, int tokens) {
        to.put(at, buffer, offset(slot, head, token), tokens * layout.headBytes());
    }

    @Override
    public OnnxTensor tensor(int slot, int rows) {
        int bytes = (int) Plane.bytes(layout, rows, capacity);
        ByteBuffer region = buffer.slice(offset(slot, 0, 0), bytes).order(buffer.order());
        OnnxTensor tensor =
                OnnxSession.tensor(region, layout.dtype(), rows, layout.keyValueHeads(), capacity, layout.headDim());
        tensors.add(tensor);
        return tensor;
    }

    private int offset(int slot, int head, int token) {
        return ((slot * layout.keyValueHeads() + head) * capacity + token) * layout.headBytes();
    }

    @Override
    public void closeTensors() {
        tensors.forEach(OnnxTensor::close);
        tensors.clear();
    }

    @Override
    public void close() {
        closeTensors();
        memory.close();
    }
}
