package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.graph.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The past and the present of a decoder whose cache grows: slots are copied side by side into a past that ends at one
 * position for all, and what is new in the present is copied back. Runs of the same rows find their past as they left
 * it. In 32-bit floats. Not thread-safe.
 *
 * @param <T> the tensors
 */
final class GrowingPast<T> implements AutoCloseable {
    private final Backend<T> backend;
    private final CacheLayout layout;
    private final List<Region> pasts = new ArrayList<>();
    private final List<Region> presents = new ArrayList<>();
    private KeyValueCache.View<T> view = new KeyValueCache.View<>(Map.of(), Map.of());
    private int[] slots = {};
    private int past;
    private int length;
    private boolean current; // the past holds what the slots do

    GrowingPast(Backend<T> backend, CacheLayout layout) {
        this.backend = backend;
        this.layout = layout;
        for (int i = 0; i < 2 * layout.layers().size(); i++) {
            pasts.add(new Region());
            presents.add(new Region());
        }
    }

    /** Memory that is made larger where it is too small, without what it held. */
    private final class Region {
        private @Nullable Operands<T> memory;
        private @Nullable Operand<T> operand;

        Operand<T> atLeast(long elements) {
            Operand<T> known = operand;
            if (known != null && known.elements() >= elements) {
                return known;
            }
            close();
            Operands<T> larger = new Operands<>(backend);
            memory = larger;
            Operand<T> made = larger.of(ElementType.FLOAT, elements);
            operand = made;
            return made;
        }

        void closeTensors() {
            if (operand != null) {
                operand.closeTensors();
            }
        }

        void close() {
            operand = null;
            if (memory != null) {
                memory.close();
                memory = null;
            }
        }
    }

    /**
     * Returns the tensors for a run.
     *
     * @param slots the rows
     * @param filled tokens of every slot
     * @param past where the past of each row ends; at least as far as the slots are filled. Zeros lie between
     * @param length tokens that the run adds
     */
    KeyValueCache.View<T> of(KeyValueCache<T> cache, int[] slots, int[] filled, int past, int length) {
        if (!(current && past == this.past && length == this.length && Arrays.equals(slots, this.slots))) {
            closeView();
            this.slots = slots.clone();
            this.past = past;
            this.length = length;
            view = gather(cache, filled);
            current = true;
        }
        pasts.forEach(region -> region.atLeast(0).push(elements(past)));
        return view;
    }

    private KeyValueCache.View<T> gather(KeyValueCache<T> cache, int[] filled) {
        Map<String, T> before = new HashMap<>();
        Map<String, T> after = new HashMap<>();
        for (int i = 0; i < pasts.size(); i++) {
            Operand<T> pastOperand = pasts.get(i).atLeast(elements(past));
            Operand<T> presentOperand = presents.get(i).atLeast(elements(past + length));
            for (int row = 0; row < slots.length; row++) {
                fill(cache.plane(i), pastOperand.buffer(), row, filled[slots[row]]);
            }
            CacheLayout.Layer names = layout.layers().get(i / 2);
            boolean keys = i % 2 == 0;
            before.put(keys ? names.pastKey() : names.pastValue(), tensor(pastOperand, past));
            after.put(keys ? names.presentKey() : names.presentValue(), tensor(presentOperand, past + length));
        }
        return new KeyValueCache.View<>(before, after);
    }

    private void fill(Plane<T> plane, ByteBuffer target, int row, int tokens) {
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

    private long elements(int tokens) {
        return (long) slots.length * layout.keyValueHeads() * tokens * layout.headDim();
    }

    private T tensor(Operand<T> operand, int tokens) {
        return operand.tensor(slots.length, layout.keyValueHeads(), tokens, layout.headDim());
    }

    /** Copies what the run added to the slots, and to the past where there is room before its end. */
    void keep(KeyValueCache<T> cache, int[] filled) {
        for (int i = 0; i < presents.size(); i++) {
            Operand<T> presentOperand = presents.get(i).atLeast(0);
            presentOperand.pull(elements(past + length));
            ByteBuffer present = presentOperand.buffer();
            for (int row = 0; row < slots.length; row++) {
                int at = filled[slots[row]];
                for (int head = 0; head < layout.keyValueHeads(); head++) {
                    int from = offset(row, head, past, past + length);
                    cache.plane(i).put(slots[row], head, at, present, from, length);
                    if (at + length <= past) {
                        ByteBuffer target = pasts.get(i).atLeast(0).buffer();
                        target.put(offset(row, head, at, past), present, from, length * layout.headBytes());
                    } else {
                        current = false;
                    }
                }
            }
        }
    }

    /** Forgets what the past holds, since the slots were changed by other ways. */
    void forget() {
        current = false;
    }

    private void closeView() {
        pasts.forEach(Region::closeTensors);
        presents.forEach(Region::closeTensors);
        view = new KeyValueCache.View<>(Map.of(), Map.of());
        current = false;
    }

    @Override
    public void close() {
        closeView();
        pasts.forEach(Region::close);
        presents.forEach(Region::close);
    }
}
