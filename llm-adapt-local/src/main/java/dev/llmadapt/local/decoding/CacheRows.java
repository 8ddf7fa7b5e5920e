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
 * have room for as many tokens as the longest needs, but take memory for those that they hold
 * ({@link TextSession#bytes}).
 *
 * <p>A row keeps what it has read after its answer is over, and a new prompt goes to the row with which it shares the
 * longest beginning, or gets a copy of what another row has read of it. That memory is given up when another answer
 * needs it, from the row that was used longest ago on.
 *
 * <p>{@link #claim} decides, {@link #settle} moves the memory. Not thread-safe.
 */
final class CacheRows {
    /** The tokens by which rows grow at least, where the memory allows. */
    private static final int GRAIN = 256;

    /** The tokens by which a row must share more with a prompt than one before it, to be taken for that. */
    private static final int MORE = 16;

    private final TextSession session;
    private final int maxRows;
    private final List<Slot> slots = new ArrayList<>(); // by index
    private int capacity; // that each is to have
    private boolean relaid; // it is to be laid out anew, for the memory of tokens that rows do not hold any more
    private long claims;

    CacheRows(TextSession session, int maxRows) {
        this.session = session;
        this.maxRows = maxRows;
    }

    /** A row of the cache. */
    static final class Slot {
        private final int index; // which it is to be
        private int row = -1; // which it is, -1 before it is there
        private int tokens; // it needs room for, while taken
        private int reach; // the tokens it takes memory for, until the cache is laid out anew
        private long used; // the number of its last claim
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

        /** The most tokens of what it holds that may be used again. */
        private int kept() {
            return row < 0 ? 0 : taken ? tokens : read.length;
        }

        /** Says that none of what it holds is used again. */
        private void forget() {
            mix = AdapterMix.NONE;
            read = new int[0];
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
        long needed = session.bytes(new int[] {tokens});
        if (needed > session.memory() || tokens > session.mostCapacity(1)) {
            long token = session.bytes(new int[] {2}) - session.bytes(new int[] {1});
            long fitting = (session.memory() - session.bytes(new int[] {0})) / token;
            long most = Math.max(0, Math.min(fitting, session.mostCapacity(1)));
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
        return free != null && (asTheyAre(free, tokens) != null || laidOutAnew(free, tokens) != null);
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
        Layout layout = asTheyAre(free, tokens);
        return take(free, layout != null ? layout : laidOutAnew(free, tokens), tokens);
    }

    /** Takes another row for the same prompt if there is memory without anything given up. */
    @Nullable
    Slot claimSpare(int[] prompt, AdapterMix mix, int tokens) {
        Slot free = free(prompt, mix);
        return free == null ? null : take(free, asTheyAre(free, tokens), tokens);
    }

    private @Nullable Slot take(Slot slot, @Nullable Layout layout, int tokens) {
        if (layout == null) {
            return null;
        }
        layout.emptied.forEach(Slot::forget);
        if (slot.index == slots.size()) {
            slots.add(slot);
        }
        slots.subList(layout.rows, slots.size()).clear();
        capacity = layout.capacity;
        relaid |= layout.anew;
        slot.tokens = tokens;
        slot.used = ++claims;
        slot.taken = true;
        return slot;
    }

    /**
     * A size of the cache that its memory allows.
     *
     * @param rows how many there are; those after them are given up
     * @param capacity of each
     * @param anew whether they are laid out anew
     * @param emptied rows that give up what they hold
     */
    private record Layout(int rows, int capacity, boolean anew, List<Slot> emptied) {}

    /** Returns the cache with room for a row's tokens, all others as they are; null if there is no memory for it. */
    private @Nullable Layout asTheyAre(Slot slot, int tokens) {
        return layout(slot, tokens, false, List.of());
    }

    /**
     * Returns the cache laid out anew with room for a row's tokens, as many rows emptied that are not taken as there is
     * no memory for; null if there is none when all of them are.
     */
    private @Nullable Layout laidOutAnew(Slot slot, int tokens) {
        List<Slot> untaken = slots.stream()
                .filter(other -> !other.taken && other != slot)
                .sorted(Comparator.comparingLong(other -> other.used))
                .toList();
        Layout layout = null;
        for (int i = 0; layout == null && i <= untaken.size(); i++) {
            layout = layout(slot, tokens, true, untaken.subList(0, i));
        }
        return layout;
    }

    /** Returns the layout with a row's tokens rounded up if there is memory, else exact, else null. */
    private @Nullable Layout layout(Slot slot, int tokens, boolean anew, List<Slot> emptied) {
        int[] reaches = new int[Math.max(slots.size(), slot.index + 1)];
        int rows = anew ? slot.index + 1 : reaches.length;
        for (Slot other : slots) {
            if (!emptied.contains(other)) {
                rows = Math.max(rows, other.index + 1);
                reaches[other.index] = reach(other, anew);
            }
        }
        int rounded = Math.min(session.maxCapacity(), (tokens + GRAIN - 1) / GRAIN * GRAIN);
        for (int wanted : new int[] {Math.max(rounded, tokens), tokens}) {
            reaches[slot.index] = Math.max(anew ? 0 : slot.reach, wanted);
            int[] kept = Arrays.copyOf(reaches, rows);
            int longest = Arrays.stream(kept).max().orElse(0);
            int room = anew ? longest : Math.max(capacity, longest);
            if (room <= session.mostCapacity(rows) && session.bytes(kept) <= session.memory()) {
                return new Layout(rows, room, anew, emptied);
            }
        }
        return null;
    }

    /** The tokens that a row takes memory for: what it holds or will hold, and, as it is, what it held. */
    private static int reach(Slot slot, boolean anew) {
        int needed = slot.taken ? slot.tokens : slot.read.length + 1; // there is room for one more token
        return anew ? needed : Math.max(needed, slot.reach);
    }

    /**
     * Changes the cache to the size that was decided.
     *
     * @throws dev.llmadapt.InferenceException if there is no memory for it; rows that {@link #isThere} says are there
     *     hold what they did
     */
    void settle() {
        try {
            if (relaid || slots.size() != session.slots() || capacity != session.capacity()) {
                for (int row = 0; row < session.slots(); row++) { // what is not needed takes no memory
                    int needed = row < slots.size() ? slots.get(row).kept() : 0;
                    if (session.filled(row) > needed) {
                        session.truncate(row, needed);
                    }
                }
                session.resize(slots.size(), capacity);
                relaid = false;
                slots.forEach(slot -> slot.reach = 0);
            }
        } finally {
            capacity = session.capacity();
            for (Slot slot : slots) {
                slot.row = slot.index < session.slots() ? slot.index : -1;
                slot.reach = reach(slot, false);
            }
        }
    }

    /** The prompt tokens of free rows, which a prompt that begins with them need not read. */
    int keptTokens() {
        return slots.stream()
                .filter(slot -> !slot.taken && slot.row >= 0)
                .mapToInt(slot -> slot.read.length)
                .sum();
    }

    /** The bytes that all rows take. */
    long bytes() {
        return slots.isEmpty()
                ? 0
                : session.bytes(
                        slots.stream().mapToInt(slot -> reach(slot, false)).toArray());
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
        slot.forget();
    }

    /** Cuts a row to the tokens that a prompt can reuse, or copies them from another row that holds more of them. */
    void place(Slot slot, int[] prompt, AdapterMix mix) {
        Slot best = slot;
        for (Slot other : slots) {
            if (other.row >= 0 && reusable(other, prompt, mix) > reusable(best, prompt, mix)) {
                best = other;
            }
        }
        int reused = reusable(best, prompt, mix);
        if (best != slot) {
            session.truncate(slot.index, Math.min(reusable(slot, prompt, mix), reused));
            session.copy(best.index, slot.index, session.filled(slot.index), reused);
        }
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
                slot.forget();
            }
        }
    }

    /** Counts the tokens of a prompt that a row holds and that can be reused. */
    private int reusable(Slot slot, int[] prompt, AdapterMix mix) {
        return Math.min(shared(slot, prompt, mix), session.filled(slot.index));
    }

    /**
     * Returns the free row that shares most with a prompt, or a new one after the last. Of rows that share about as
     * much it is the first: answers in rows side by side take the fewest rows of a step.
     */
    private @Nullable Slot free(int[] prompt, AdapterMix mix) {
        Slot best = null;
        for (Slot slot : slots) {
            if (!slot.taken && (best == null || shared(slot, prompt, mix) > shared(best, prompt, mix) + MORE)) {
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
