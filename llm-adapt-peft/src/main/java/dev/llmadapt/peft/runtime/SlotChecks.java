package dev.llmadapt.peft.runtime;

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

    /** The tokens that a slot is to hold where it holds some now, and is asked to hold others. */
    static int room(int now, int asked, int context) {
        if (Math.max(now, asked) > context) {
            throw new IllegalArgumentException(
                    "a text of " + asked + " tokens is longer than the context of " + context);
        }
        return Math.max(now, asked);
    }
}
