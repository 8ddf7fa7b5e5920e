package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.adapter.AdapterMix;
import dev.llmadapt.peft.adapter.ReadyAdapter;
import dev.llmadapt.peft.architecture.AdapterInputs;
import java.util.Collections;
import java.util.List;

/**
 * A decoder that reads and writes several texts at once, each in a slot of one key-value cache.
 *
 * <p>A new text is read by {@link #read}, a chunk of one slot at a time; then {@link #step} adds one token to each of the
 * first n slots. Slots and their capacity grow on demand by {@link #reserve}. Not thread-safe: one call at a time.
 */
public interface TextSession extends AutoCloseable {
    /** Slots there are. */
    int slots();

    /** Tokens a slot can hold now. */
    int capacity();

    /** The most tokens a slot can ever hold. */
    int maxCapacity();

    /** Logits of one position. */
    int vocabularySize();

    /** Tokens of a slot that are in the cache. */
    int filled(int slot);

    /** Forgets the tokens of a slot from a place on; what follows is written over them. */
    void truncate(int slot, int length);

    /** The most bytes that slots may take; the caller keeps to it. */
    long memory();

    /** Bytes that so many slots of so many tokens take, with what a step of them needs. */
    long bytes(int slots, int capacity);

    /** Makes room for a number of slots and tokens in each, keeping what is there. */
    default void reserve(int slots, int capacity) {
        if (slots > slots() || capacity > capacity()) {
            resize(Math.max(slots, slots()), Math.max(capacity, capacity()));
        }
    }

    /**
     * Moves slots to the front and forgets all others.
     *
     * @param slots in ascending order; the first becomes slot 0
     */
    void keep(int... slots);

    /**
     * Makes it so many slots of so many tokens. Of what is there stays what there is room for.
     *
     * @throws dev.llmadapt.peft.InferenceException if there is no memory for them; what fits the smaller of both sizes is
     *     there still
     */
    void resize(int slots, int capacity);

    /**
     * Makes a slot hold what another does.
     *
     * @param start tokens that the slot holds already, at most {@code end} and what either is filled with
     * @param end tokens that it holds afterwards, at most those of the other
     */
    void copy(int from, int to, int start, int end);

    /**
     * Makes a slot hold nothing, not even what is written over later: numbers that are not finite would reach the slot's next
     * text, since zero times one of them is none.
     */
    void clear(int slot);

    /** Puts the prefix of a mix at the beginning of a slot, in the place of all that it holds. */
    void preload(int slot, AdapterMix mix);

    /** What adapters can change in the graph that runs. */
    AdapterInputs adapterInputs();

    /** Goes on with another engine: slots keep what they hold. The engine is this session's from now on. */
    void adopt(Engine engine);

    /** Lets go of what was packed for an adapter that is not used again. */
    void forget(ReadyAdapter adapter);

    /**
     * Reads tokens into a slot after what it holds.
     *
     * @param ids tokens
     * @param from the first to read
     * @param to after the last to read; there must be room for all
     * @param logitsFrom the first token whose logits are wanted, from {@code from} to {@code to - 1}
     * @return the logits of the tokens from {@code logitsFrom} on, {@code (to - logitsFrom, vocabulary)}; valid until the
     *     next call of {@code read} or {@code step}
     */
    default Logits read(int slot, int[] ids, int from, int to, int logitsFrom) {
        return read(slot, ids, from, to, logitsFrom, AdapterMix.NONE);
    }

    /**
     * The same with adapters. The virtual tokens of a prefix are not read: {@link #preload} puts them into the slot.
     *
     * @param mix what acts on the slot's text; its ids may be among those read
     */
    Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix);

    /**
     * Adds one token to some of the first n slots.
     *
     * @param ids a token for each of the n slots; -1 leaves a slot as it is, at the cost of a token. Such a slot, and
     *     every other, must have room for one more token
     * @return the logits after each token, {@code (n, vocabulary)}; valid until the next call of {@code read} or {@code step},
     *     arbitrary where the id was -1
     */
    default Logits step(int[] ids) {
        return step(ids, Collections.nCopies(ids.length, AdapterMix.NONE));
    }

    /**
     * The same with adapters.
     *
     * @param mixes what acts on each slot's text
     */
    Logits step(int[] ids, List<AdapterMix> mixes);

    /** Gives everything back; may be called twice. */
    @Override
    void close();
}
