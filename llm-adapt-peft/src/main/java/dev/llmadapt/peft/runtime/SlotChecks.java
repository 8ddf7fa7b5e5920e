package dev.llmadapt.peft.runtime;

import java.util.Arrays;

/** What every session refuses of its slots, each of which is filled with some tokens. */
final class SlotChecks {
    private SlotChecks() {}

    static void truncate(int[] filled, int slot, int length) {
        if (length < 0 || length > filled[slot]) {
            throw new IllegalArgumentException(
                    "a slot of " + filled[slot] + " tokens cannot be cut to " + length + " tokens");
        }
    }

    static void copy(int[] filled, int from, int to, int start, int end) {
        if (start < 0 || start > Math.min(end, filled[to]) || end > filled[from]) {
            throw new IllegalArgumentException("cannot copy tokens " + start + " to " + end + " of a slot of "
                    + filled[from] + " tokens to one of " + filled[to]);
        }
    }

    static void context(int capacity, int context) {
        if (capacity > context) {
            throw new IllegalArgumentException(
                    "a text of " + capacity + " tokens is longer than the context of " + context);
        }
    }

    /** Copies tokens of a slot to another. */
    interface Copy {
        void copy(int from, int to, int start, int end);
    }

    /** Moves slots to the front, in ascending order; gives what all are filled with then. */
    static int[] moved(int[] filled, int[] slots, Copy copy) {
        int[] moved = new int[filled.length];
        for (int to = 0; to < slots.length; to++) {
            if (to > 0 && slots[to] <= slots[to - 1]) {
                throw new IllegalArgumentException("slots must ascend: " + Arrays.toString(slots));
            }
            if (slots[to] != to) {
                copy.copy(slots[to], to, 0, filled[slots[to]]);
            }
            moved[to] = filled[slots[to]];
        }
        return moved;
    }

    /** What slots are filled with after the cache has another size: each has room for one more token. */
    static int[] resized(int[] filled, int slots, int capacity) {
        int[] resized = Arrays.copyOf(filled, slots);
        for (int slot = 0; slot < slots; slot++) {
            resized[slot] = Math.min(resized[slot], Math.max(0, capacity - 1));
        }
        return resized;
    }

    /** Bytes of the logits of a step. */
    static long logitBytes(int slots, int vocabularySize) {
        return 4L * slots * vocabularySize;
    }
}
