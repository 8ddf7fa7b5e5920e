package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import java.util.List;

/** The inputs of a graph of one kind, made from tokens, and its logits. Keeps the tensors of runs for those to come. */
sealed interface Feed permits EmbeddingFeed, TokenFeed {
    /**
     * Runs over new tokens of one slot; see {@link TextSession#read}.
     *
     * @param filled tokens of every slot before
     */
    Logits read(int slot, int[] filled, int[] ids, int from, int to, int logitsFrom, AdapterMix mix);

    /**
     * Runs over a new token of each of the first slots; see {@link TextSession#step}.
     *
     * @param filled tokens of every slot before
     */
    Logits step(int first, int[] ids, int[] filled, List<AdapterMix> mixes);

    /** Whether it makes the inputs of trees. */
    default boolean readsTrees() {
        return false;
    }

    /**
     * Runs over the rest of a text and a tree behind it; see {@link TextSession#readTree}.
     *
     * @param filled tokens of every slot before
     */
    default Logits readTree(int slot, int[] filled, int[] ids, int from, TokenTree after, AdapterMix mix) {
        throw new UnsupportedOperationException("this graph has no inputs for trees");
    }

    /** Whether it makes the inputs of several steps at once. */
    default boolean readsRows() {
        return false;
    }

    /**
     * Runs over new tokens of one slot as steps would; see {@link TextSession#readRows}.
     *
     * @param filled tokens of every slot before
     */
    default Logits readRows(int slot, int[] filled, int[] ids, AdapterMix mix) {
        throw new UnsupportedOperationException("this graph has no inputs for several steps at once");
    }

    /** Bytes of a step, beside those of the cache. */
    long bytes(int slots, int capacity);

    /** Notes that slots hold other tokens than runs have left there. */
    void slotsChanged();

    /** Closes all tensors; runs to come make others. */
    void release();
}
