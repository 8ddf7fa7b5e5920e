package dev.llmadapt.peft.runtime;

import java.nio.FloatBuffer;

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

    /** Makes room for a number of slots and tokens in each, keeping what is there. */
    void reserve(int slots, int capacity);

    /**
     * Reads tokens into a slot after what it holds.
     *
     * @param ids tokens
     * @param from the first to read
     * @param to after the last to read; there must be room for all
     * @param logitsFrom the first token whose logits are wanted, from {@code from} to {@code to - 1}
     * @return the logits of the tokens from {@code logitsFrom} on, {@code (to - logitsFrom, vocabulary)}
     */
    FloatBuffer read(int slot, int[] ids, int from, int to, int logitsFrom);

    /**
     * Adds one token to some of the first n slots.
     *
     * @param ids a token for each of the n slots; -1 leaves a slot as it is, at the cost of a token. Such a slot, and
     *     every other, must have room for one more token
     * @return the logits after each token, {@code (n, vocabulary)}; valid until the next step, arbitrary where the id
     *     was -1
     */
    FloatBuffer step(int[] ids);

    /** Gives everything back; may be called twice. */
    @Override
    void close();
}
