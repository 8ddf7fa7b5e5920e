package dev.llmadapt.peft.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.peft.architecture.CacheLayout;
import dev.llmadapt.peft.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    private final ByteBuffer[] pastBuffers;
    private final ByteBuffer[] presentBuffers;
    private KeyValueCache.View view = new KeyValueCache.View(Map.of(), Map.of());
    private int[] slots = {};
    private int past;
    private int length;
    private boolean current; // the past holds what the slots do

    GrowingPast(CacheLayout layout) {
        this.layout = layout;
        this.pastBuffers = new ByteBuffer[2 * layout.layers().size()];
        this.presentBuffers = new ByteBuffer[2 * layout.layers().size()];
        Arrays.fill(pastBuffers, ByteBuffer.allocateDirect(0));
        Arrays.fill(presentBuffers, ByteBuffer.allocateDirect(0));
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
        close();
        this.slots = slots.clone();
        this.past = past;
        this.length = length;
        Map<String, OnnxTensor> before = new HashMap<>();
        Map<String, OnnxTensor> after = new HashMap<>();
        view = new KeyValueCache.View(before, after);
        for (int i = 0; i < pastBuffers.length; i++) {
            pastBuffers[i] = grown(pastBuffers[i], past);
            presentBuffers[i] = grown(presentBuffers[i], past + length);
            for (int row = 0; row < slots.length; row++) {
                fill(cache, i, row, filled[slots[row]]);
            }
            CacheLayout.Layer names = layout.layers().get(i / 2);
            boolean keys = i % 2 == 0;
            before.put(keys ? names.pastKey() : names.pastValue(), tensor(pastBuffers[i], past));
            after.put(keys ? names.presentKey() : names.presentValue(), tensor(presentBuffers[i], past + length));
        }
        current = true;
        return view;
    }

    private ByteBuffer grown(ByteBuffer buffer, int tokens) {
        int bytes = bytes(tokens);
        return buffer.capacity() >= bytes
                ? buffer
                : ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private int bytes(int tokens) {
        return Math.multiplyExact(
                Math.multiplyExact(slots.length * layout.keyValueHeads(), tokens), layout.headBytes());
    }

    private void fill(KeyValueCache cache, int buffer, int row, int tokens) {
        for (int head = 0; head < layout.keyValueHeads(); head++) {
            int at = offset(row, head, 0, past);
            int bytes = tokens * layout.headBytes();
            pastBuffers[buffer].put(at, cache.buffer(buffer), cache.offset(slots[row], head, 0), bytes);
            for (int end = at + past * layout.headBytes(), i = at + bytes; i < end; i += 4) {
                pastBuffers[buffer].putFloat(i, 0); // masked out, but 0 * NaN would not be
            }
        }
    }

    private int offset(int row, int head, int token, int tokens) {
        return ((row * layout.keyValueHeads() + head) * tokens + token) * layout.headBytes();
    }

    private OnnxTensor tensor(ByteBuffer buffer, int tokens) {
        ByteBuffer region = buffer.duplicate().order(ByteOrder.nativeOrder()).limit(bytes(tokens));
        return OnnxSession.tensor(
                region, ElementType.FLOAT, slots.length, layout.keyValueHeads(), tokens, layout.headDim());
    }

    /** Copies what the run added to the slots, and to the past where there is room before its end. */
    void keep(KeyValueCache cache, int[] filled) {
        int bytes = length * layout.headBytes();
        for (int i = 0; i < presentBuffers.length; i++) {
            for (int row = 0; row < slots.length; row++) {
                int at = filled[slots[row]];
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    int from = offset(row, head, past, past + length);
                    cache.buffer(i).put(cache.offset(slots[row], head, at), presentBuffers[i], from, bytes);
                    if (at + length <= past) {
                        pastBuffers[i].put(offset(row, head, at, past), presentBuffers[i], from, bytes);
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

    @Override
    public void close() {
        view.past().values().forEach(OnnxTensor::close);
        view.present().values().forEach(OnnxTensor::close);
        view = new KeyValueCache.View(Map.of(), Map.of());
        current = false;
    }
}
