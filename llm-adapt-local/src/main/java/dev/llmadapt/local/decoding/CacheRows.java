package dev.llmadapt.local.decoding;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.TextSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the cache: their owners, the prompts they hold, and whether another row fits into the memory. All rows
 * are as long as the longest needs to be, so the memory is their count times that length.
 *
 * <p>A row keeps what it has read after its answer is over, and a new prompt goes to the row with which it shares the
 * longest beginning. That memory is given up when another answer needs it: then only rows that are taken stay, and the
 * cache gets the size that they and the new one need.
 *
 * <p>{@link #claim} decides, {@link #settle} moves the memory. Not thread-safe.
 */
final class CacheRows {
    /** The tokens by which rows grow at least, where the memory allows. */
    private static final int GRAIN = 256;

    private final TextSession session;
    private final int maxRows;
    private final List<Slot> slots = new ArrayList<>(); // by index
    private int rows; // that the cache is to have
    private int capacity; // of each

    CacheRows(TextSession session, int maxRows) {
        this.session = session;
        this.maxRows = maxRows;
    }

    /** A row of the cache. */
    static final class Slot {
        private int index; // which it is to be
        private int row = -1; // which it is, -1 before it is there
        private int tokens; // it needs room for, while taken
        private boolean taken;
        private int[] read = {}; // prompt tokens whose keys and values it holds
        private AdapterMix mix = AdapterMix.NONE; // what acted on them

        private Slot(int index) {
            this.index = index;
        }

        /** Its slot in the session. */
        int index() {
            return index;
        }

        AdapterMix mix() {
            return mix;
        }

        int[] read() {
            return read;
        }

        /** Sets the prompt tokens that it holds. */
        void read(int[] prompt, int length) {
            read = Arrays.copyOf(prompt, length);
        }
    }

    /**
     * Refuses a sequence that could not fit if it were alone.
     *
     * @param tokens of prompt and answer
     * @throws IllegalArgumentException if that is more than the memory holds, naming both figures
     */
    void requirePossible(int prompt, int tokens) {
        long needed = session.bytes(1, tokens);
        if (needed > session.memory()) {
            long token = session.bytes(1, 2) - session.bytes(1, 1);
            long most = Math.max(0, (session.memory() - session.bytes(1, 0)) / token);
            throw new IllegalArgumentException("a prompt of " + prompt + " tokens and an answer of up to "
                    + (tokens - prompt) + " need " + NativeArena.megabytes(needed) + " MB for keys and values (" + token
                    + " bytes a token), this model may take " + NativeArena.megabytes(session.memory())
                    + " MB for them, which is " + most
                    + " tokens; shorten the prompt, lower maxTokens, or open the model"
                    + " with more memory for them (ModelOptions.withCacheMemory, --cache-memory)");
        }
    }

    /** Whether {@link #claim} would give a row. */
    boolean fits(int[] prompt, AdapterMix mix, int tokens) {
        Slot free = free(prompt, mix);
        return free != null && (size(free, tokens) != null || emptied(tokens) != null);
    }

    /**
     * Takes a row for a prompt; where the memory is needed, rows of ended answers give up theirs.
     *
     * @return null if all rows are taken, or those taken leave too little memory
     */
    @Nullable
    Slot claim(int[] prompt, AdapterMix mix, int tokens) {
        Slot free = free(prompt, mix);
        if (free == null) {
            return null;
        }
        Size size = size(free, tokens);
        if (size == null) {
            size = emptied(tokens);
            if (size == null) {
                return null;
            }
            keepTaken(free);
        } else if (free.index == slots.size()) {
            slots.add(free);
        }
        return take(free, size, tokens);
    }

    /** Takes another row for the same prompt if there is memory without anything given up. */
    @Nullable
    Slot claimSpare(int[] prompt, AdapterMix mix, int tokens) {
        Slot free = free(prompt, mix);
        Size size = free == null ? null : size(free, tokens);
        if (free == null || size == null) {
            return null;
        }
        if (free.index == slots.size()) {
            slots.add(free);
        }
        return take(free, size, tokens);
    }

    private Slot take(Slot slot, Size size, int tokens) {
        rows = size.rows;
        capacity = size.capacity;
        slot.tokens = tokens;
        slot.taken = true;
        return slot;
    }

    private record Size(int rows, int capacity) {}

    /** Returns the size with a row more, all others as they are; null if there is no memory for it. */
    private @Nullable Size size(Slot slot, int tokens) {
        return size(Math.max(rows, slot.index + 1), capacity, tokens);
    }

    /** Returns the size of the rows that are taken and one more; null if there is no memory for it. */
    private @Nullable Size emptied(int tokens) {
        int taken = 0;
        int longest = 0;
        for (Slot other : slots) {
            if (other.taken) {
                taken++;
                longest = Math.max(longest, other.tokens);
            }
        }
        return size(taken + 1, longest, tokens);
    }

    /** Returns a size rounded up if there is memory, else exact, else null. */
    private @Nullable Size size(int rows, int capacity, int tokens) {
        int rounded = Math.min(session.maxCapacity(), (tokens + GRAIN - 1) / GRAIN * GRAIN);
        for (int wanted : new int[] {Math.max(rounded, tokens), tokens}) {
            Size size = new Size(rows, Math.max(capacity, wanted));
            if (session.bytes(size.rows, size.capacity) <= session.memory()) {
                return size;
            }
        }
        return null;
    }

    /** Gives up the rows that are not taken, other than one. */
    private void keepTaken(Slot one) {
        slots.removeIf(slot -> !slot.taken && slot != one);
        if (!slots.contains(one)) {
            slots.add(one);
        }
        // those that are there keep their order, so that they can move to the front
        slots.sort(Comparator.comparingInt(slot -> slot.row < 0 ? Integer.MAX_VALUE : slot.row));
        for (int i = 0; i < slots.size(); i++) {
            slots.get(i).index = i;
        }
    }

    /**
     * Changes the cache to the size that was decided.
     *
     * @throws dev.llmadapt.InferenceException if there is no memory for it; rows that {@link #isThere} says are there
     *     hold what they did
     */
    void settle() {
        List<Slot> there = slots.stream().filter(slot -> slot.row >= 0).toList();
        if (there.size() < session.slots() || there.stream().anyMatch(slot -> slot.row != slot.index)) {
            session.keep(there.stream().mapToInt(slot -> slot.row).toArray());
            there.forEach(slot -> slot.row = slot.index);
        }
        try {
            if (rows != session.slots() || capacity != session.capacity()) {
                session.resize(rows, capacity);
            }
        } finally {
            rows = session.slots();
            capacity = session.capacity();
            for (Slot slot : slots) {
                slot.row = slot.index < rows ? slot.index : -1;
            }
        }
    }

    /** Whether the cache has a row, with room for what it was taken for. */
    boolean isThere(Slot slot) {
        return slot.row >= 0 && slot.tokens <= session.capacity();
    }

    /** Gives a row back; what it has read stays as long as nobody needs the memory. */
    void release(Slot slot) {
        slot.taken = false;
    }

    /** Fills a row with zeros, since it holds values that are not finite. */
    void clear(Slot slot) {
        session.clear(slot.index);
        slot.mix = AdapterMix.NONE;
        slot.read = new int[0];
    }

    /** Cuts a row to the tokens that a prompt can reuse. */
    void place(Slot slot, int[] prompt, AdapterMix mix) {
        int reused = Math.min(shared(slot, prompt, mix), session.filled(slot.index));
        if (reused < mix.prefixTokens()) {
            session.preload(slot.index, mix);
            reused = mix.prefixTokens();
        } else {
            session.truncate(slot.index, reused);
        }
        slot.mix = mix;
        slot.read(prompt, reused);
    }

    /** Copies the prompt that a row has just read to another; tokens that both have are left as they are. */
    void copyPrompt(Slot from, Slot to) {
        int same = Math.min(common(to, from.read, from.mix), session.filled(to.index));
        session.copy(from.index, to.index, same, from.read.length);
        to.mix = from.mix;
        to.read = from.read;
    }

    /** Forgets the prompts of free rows that were read with an adapter. */
    void forget(PreparedAdapter adapter) {
        for (Slot slot : slots) {
            if (!slot.taken && slot.mix.has(adapter)) {
                slot.mix = AdapterMix.NONE;
                slot.read = new int[0];
            }
        }
    }

    /** Returns the free row that shares most with a prompt, or a new one after the last. */
    private @Nullable Slot free(int[] prompt, AdapterMix mix) {
        Slot best = null;
        for (Slot slot : slots) {
            if (!slot.taken && (best == null || shared(slot, prompt, mix) > shared(best, prompt, mix))) {
                best = slot;
            }
        }
        return best != null || slots.size() >= maxRows ? best : new Slot(slots.size());
    }

    /**
     * Counts the tokens of a prompt that a slot holds already; at least two are left to read, of a prompt of that many.
     */
    private static int shared(Slot slot, int[] prompt, AdapterMix mix) {
        return Math.max(0, Math.min(common(slot, prompt, mix), prompt.length - 2));
    }

    /** Counts the tokens with which both a prompt and a slot begin. */
    private static int common(Slot slot, int[] prompt, AdapterMix mix) {
        if (!slot.mix.equals(mix)) {
            return 0;
        }
        int mismatch = Arrays.mismatch(slot.read, prompt);
        return mismatch < 0 ? prompt.length : mismatch;
    }
}
