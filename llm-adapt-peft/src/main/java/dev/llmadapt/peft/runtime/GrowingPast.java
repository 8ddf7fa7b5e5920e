package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.graph.ElementType;
import dev.llmadapt.peft.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The past and the present of a decoder whose cache grows: slots are copied side by side into a past that ends at one
 * place for all, and what is new in the present is copied back. Runs of the same rows find their past as they left it.
 * Not thread-safe.
 */
final class GrowingPast implements AutoCloseable {
    private final CacheLayout layout;
    private final Region[] pasts;
    private final Region[] presents;
    private KeyValueCache.View view = new KeyValueCache.View(Map.of(), Map.of());
    private int[] slots = {};
    private int past;
    private int length;
    private boolean current; // the past holds what the slots do

    GrowingPast(CacheLayout layout) {
        this.layout = layout;
        this.pasts = new Region[2 * layout.layers().size()];
        this.presents = new Region[2 * layout.layers().size()];
        Arrays.setAll(pasts, i -> new Region());
        Arrays.setAll(presents, i -> new Region());
    }

    /** Memory that is made larger where it is too small, without what it held. */
    private static final class Region {
        private NativeArena memory = new NativeArena();
        private ByteBuffer buffer = memory.zeros(0);

        ByteBuffer atLeast(long bytes) {
            if (!memory.isOpen() || buffer.capacity() < bytes) {
                memory.close();
                NativeArena larger = new NativeArena();
                buffer = larger.zeros(bytes);
                memory = larger;
            }
            return buffer;
        }

        void close() {
            memory.close();
        }
    }

    /**
     * The tensors for a run.
     *
     * @param slots the rows
     * @param filled tokens of every slot
     * @param past where the past of each row ends; at least as far as the slots are filled. Between is nothing
     * @param length tokens that the run adds
     */
    KeyValueCache.View of(KeyValueCache cache, int[] slots, int[] filled, int past, int length) {
        if (current && past == this.past && length == this.length && Arrays.equals(slots, this.slots)) {
            return view;
        }
        closeView();
        this.slots = slots.clone();
        this.past = past;
        this.length = length;
        Map<String, OnnxTensor> before = new HashMap<>();
        Map<String, OnnxTensor> after = new HashMap<>();
        view = new KeyValueCache.View(before, after);
        for (int i = 0; i < pasts.length; i++) {
            ByteBuffer pastBuffer = pasts[i].atLeast(Plane.bytes(layout, slots.length, past));
            ByteBuffer presentBuffer = presents[i].atLeast(Plane.bytes(layout, slots.length, (long) past + length));
            for (int row = 0; row < slots.length; row++) {
                fill(cache.plane(i), pastBuffer, row, filled[slots[row]]);
            }
            CacheLayout.Layer names = layout.layers().get(i / 2);
            boolean keys = i % 2 == 0;
            before.put(keys ? names.pastKey() : names.pastValue(), tensor(pastBuffer, past));
            after.put(keys ? names.presentKey() : names.presentValue(), tensor(presentBuffer, past + length));
        }
        current = true;
        return view;
    }

    private void fill(Plane plane, ByteBuffer target, int row, int tokens) {
        for (int head = 0; head < layout.keyValueHeads(); head++) {
            int at = offset(row, head, 0, past);
            plane.get(slots[row], head, 0, target, at, tokens);
            for (int end = at + past * layout.headBytes(), i = at + tokens * layout.headBytes(); i < end; i += 4) {
                target.putFloat(i, 0); // masked out, but 0 * NaN would not be
            }
        }
    }

    private int offset(int row, int head, int token, int tokens) {
        return ((row * layout.keyValueHeads() + head) * tokens + token) * layout.headBytes();
    }

    private OnnxTensor tensor(ByteBuffer buffer, int tokens) {
        int bytes = (int) Plane.bytes(layout, slots.length, tokens);
        return OnnxSession.tensor(
                buffer.slice(0, bytes).order(buffer.order()),
                ElementType.FLOAT,
                slots.length,
                layout.keyValueHeads(),
                tokens,
                layout.headDim());
    }

    /** Copies what the run added to the slots, and to the past where there is room before its end. */
    void keep(KeyValueCache cache, int[] filled) {
        for (int i = 0; i < presents.length; i++) {
            ByteBuffer present = presents[i].buffer;
            for (int row = 0; row < slots.length; row++) {
                int at = filled[slots[row]];
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    int from = offset(row, head, past, past + length);
                    cache.plane(i).put(slots[row], head, at, present, from, length);
                    if (at + length <= past) {
                        pasts[i].buffer.put(offset(row, head, at, past), present, from, length * layout.headBytes());
                    } else {
                        current = false;
                    }
                }
            }
        }
    }

    /** The slots were changed by other ways. */
    void forget() {
        current = false;
    }

    private void closeView() {
        view.past().values().forEach(OnnxTensor::close);
        view.present().values().forEach(OnnxTensor::close);
        view = new KeyValueCache.View(Map.of(), Map.of());
        current = false;
    }

    @Override
    public void close() {
        closeView();
        Arrays.stream(pasts).forEach(Region::close);
        Arrays.stream(presents).forEach(Region::close);
    }
}
