package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import java.util.Collections;
import java.util.List;

/**
 * A decoder with its key-value cache, which reads and continues several sequences at once, each in a slot.
 *
 * <p>A new prompt is read by {@link #read}, a chunk of one slot at a time; then {@link #step} adds one token to each of
 * some slots that lie side by side. Slots and their capacity grow on demand by {@link #reserve}. Not thread-safe: one
 * call at a time.
 */
public interface TextSession extends AutoCloseable {
    /** The number of slots. */
    int slots();

    /** The tokens that a slot can hold now. */
    int capacity();

    /** The most tokens that a slot can ever hold: the context length. */
    int maxCapacity();

    /** The vocabulary size: logits of one position. */
    int vocabularySize();

    /** The tokens of a slot that are in the cache. */
    int filled(int slot);

    /** Forgets the tokens of a slot from a position on; later ones are written over them. */
    void truncate(int slot, int length);

    /** The most bytes that slots may take. The caller keeps to it. */
    long memory();

    /**
     * The bytes that slots take, with the memory for a step of them.
     *
     * @param tokens the most tokens that each has held since the last {@link #resize}; there is room in each for the
     *     longest
     */
    long bytes(int[] tokens);

    /** The most tokens that each of some slots can hold, at most {@link #maxCapacity}. */
    default int mostCapacity(int slots) {
        return maxCapacity();
    }

    /** Makes room for at least some slots of at least a capacity. Slots keep their tokens. */
    default void reserve(int slots, int capacity) {
        if (slots > slots() || capacity > capacity()) {
            resize(Math.max(slots, slots()), Math.max(capacity, capacity()));
        }
    }

    /**
     * Changes the number of slots and their capacity, or lays them out anew with those that they have: memory of tokens
     * that they do not hold any more is free then. Slots keep the tokens for which there is room.
     *
     * @throws dev.llmadapt.InferenceException if there is no memory for them; tokens that fit both sizes are there
     *     still
     */
    void resize(int slots, int capacity);

    /**
     * Copies the tokens of a slot to another.
     *
     * @param start tokens that the slot holds already, at most {@code end} and what either is filled with
     * @param end tokens that it holds afterwards, at most those of the other
     */
    void copy(int from, int to, int start, int end);

    /**
     * Fills a slot with zeros. {@link #truncate} leaves old values, and one that is not finite would reach the slot's
     * next sequence even where it is masked, since zero times it is not zero.
     */
    void clear(int slot);

    /** Replaces the tokens of a slot by the prefix of a mix. */
    void preload(int slot, AdapterMix mix);

    /** The inputs through which adapters act in the graph that runs. */
    AdapterInputs adapterInputs();

    /** Replaces the engine; slots keep their tokens. The session owns the engine from now on. */
    void adopt(Engine engine);

    /** Frees the tensors of an adapter that is not used again. */
    void forget(PreparedAdapter adapter);

    /**
     * Reads tokens into a slot after those that it holds.
     *
     * @param ids tokens
     * @param from the first to read
     * @param to after the last to read; there must be room for all
     * @param logitsFrom the first token whose logits are wanted, from {@code from} to {@code to - 1}
     * @return the logits of the tokens from {@code logitsFrom} on, {@code (to - logitsFrom, vocabulary)}; valid until
     *     the next call of {@code read} or {@code step}
     */
    default Logits read(int slot, int[] ids, int from, int to, int logitsFrom) {
        return read(slot, ids, from, to, logitsFrom, AdapterMix.NONE);
    }

    /**
     * Reads tokens into a slot with adapters. The virtual tokens of a prefix are not read: {@link #preload} puts them
     * into the slot.
     *
     * @param mix the adapters of the slot's sequence; the ids of their virtual tokens may be among those read
     */
    Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix);

    /** Whether {@link #readTree} can be called. */
    default boolean readsTrees() {
        return false;
    }

    /**
     * Reads the rest of a text into a slot, and in the same run a tree of tokens behind it, which does not stay in the
     * slot. The bits of a token's logits depend on the text and on the tokens that it follows, not on the others.
     *
     * @param ids the text, at whose end the tree begins
     * @param from the first token to read; at least two are left
     * @param after the tokens behind it
     * @return the logits of the text's last token, then of each token of the tree, {@code (1 + tree, vocabulary)};
     *     valid until the next call of a method that reads
     * @throws UnsupportedOperationException if {@link #readsTrees} says no
     */
    default Logits readTree(int slot, int[] ids, int from, TokenTree after, AdapterMix mix) {
        throw new UnsupportedOperationException("this session reads no trees");
    }

    /** The most tokens that {@link #readRows} takes, 0 if it cannot be called. */
    default int mostRows() {
        return 0;
    }

    /**
     * Reads tokens into a slot as so many steps of this slot would: to the bit, in less time.
     *
     * @param ids from 1 to {@link #mostRows} tokens; there must be room for that many, whatever their number
     * @return the logits after each, {@code (ids, vocabulary)}; valid until the next call of a method that reads
     * @throws UnsupportedOperationException if {@link #mostRows} is 0
     */
    default Logits readRows(int slot, int[] ids, AdapterMix mix) {
        throw new UnsupportedOperationException("this session does not read several tokens as steps would");
    }

    /** Adds one token to some of the first slots, without adapters. */
    default Logits step(int[] ids) {
        return step(ids, Collections.nCopies(ids.length, AdapterMix.NONE));
    }

    /** Adds one token to some of the first slots. */
    default Logits step(int[] ids, List<AdapterMix> mixes) {
        return step(0, ids, mixes);
    }

    /**
     * Adds one token to some slots that lie side by side, with adapters.
     *
     * @param first the first slot
     * @param ids a token for each of the slots from there on; -1 leaves a slot as it is, at the cost of a token. Such a
     *     slot, and every other, must have room for one more token
     * @param mixes the adapters of each slot's sequence
     * @return the logits after each token, {@code (ids, vocabulary)}; valid until the next call of a method that reads
     *     or steps, arbitrary where the id was -1
     */
    Logits step(int first, int[] ids, List<AdapterMix> mixes);

    /** Frees all memory; may be called twice. */
    @Override
    void close();
}
