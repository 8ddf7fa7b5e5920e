package dev.llmadapt.local.runtime;

import dev.llmadapt.InferenceException;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.CacheScales;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.architecture.DecoderModel;
import dev.llmadapt.local.architecture.ExportedGraph;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.architecture.RowInputs;
import dev.llmadapt.local.memory.CacheBudget;
import java.util.Arrays;
import java.util.List;

/**
 * A session of ONNX Runtime, over a graph of our own or an exported one, on the CPU or a GPU. It knows what its slots
 * hold; {@link Backend} is the memory, {@link Feed} makes a graph's inputs of tokens, {@link Runner} has the engine,
 * which can be replaced.
 */
public final class DecoderSession implements TextSession {
    private final int vocabularySize;
    private final int maxCapacity;
    private final Runner<?> runner;
    private final KeyValueCache<?> cache;
    private final Feed feed;
    private final CacheBudget budget;
    private int[] filled = {}; // tokens of each slot whose keys and values are in the cache
    private boolean closed;

    private DecoderSession(
            DecoderModel model, Runner<?> runner, KeyValueCache<?> cache, Feed feed, CacheBudget budget) {
        this.vocabularySize = model.vocabularySize();
        this.maxCapacity = model.maxPositions();
        this.runner = runner;
        this.cache = cache;
        this.feed = feed;
        this.budget = budget;
    }

    /**
     * Opens a session on the CPU.
     *
     * @param threads threads of one run
     */
    public static DecoderSession open(DecoderModel model, int threads) {
        return open(model, Execution.of(threads));
    }

    /** Opens a session whose keys and values may take the default share of the memory. */
    public static DecoderSession open(DecoderModel model, Execution execution) {
        return open(model, execution, 0);
    }

    /**
     * Opens a session.
     *
     * @param model for a CUDA device, in floats of 16 bits
     * @param execution the threads and the device
     * @param cacheMemory the most bytes for keys and values, or 0 for a share of the machine's or half of what the
     *     device has left; see {@link CacheBudget}
     * @throws InferenceException if the device, its driver or CUDA's libraries are not there
     */
    public static DecoderSession open(DecoderModel model, Execution execution, long cacheMemory) {
        return open(model, Engine.open(model, execution), cacheMemory);
    }

    /**
     * Measures the steps of keys and values in 8 bits on a text.
     *
     * @param floats a graph with keys and values in 32-bit floats
     * @param text its tokens, at most as many as the graph has positions less one
     * @param heads how the model's heads lie
     */
    public static CacheScales scales(DecoderGraph floats, int[] text, HeadLayout heads, Execution execution) {
        try (DecoderSession session = open(floats, execution)) {
            session.reserve(1, text.length + 1);
            session.read(0, text, 0, text.length, text.length - 1);
            return CacheScales.of(
                    session.keysAndValues(0, text.length),
                    floats.layers(),
                    floats.keyValueHeads(),
                    floats.headDim(),
                    heads.tablePairs());
        }
    }

    /** Opens a session in some memory, with the default share of it for keys and values. */
    static DecoderSession open(DecoderModel model, Execution execution, DeviceMemory memory) {
        return open(model, Engine.open(model, execution, memory), 0);
    }

    private static DecoderSession open(DecoderModel model, Engine engine, long cacheMemory) {
        try {
            return engine.graph() instanceof DeviceSession device
                    ? open(model, engine, new DeviceBackend(device.memory(), model.dtype()), cacheMemory)
                    : open(model, engine, new HostBackend(), cacheMemory);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    private static <T> DecoderSession open(DecoderModel model, Engine engine, Backend<T> backend, long cacheMemory) {
        Runner<T> runner = new Runner<>(backend, engine);
        KeyValueCache<T> cache = new KeyValueCache<>(backend, model.cache());
        Feed feed = feed(model, runner, cache);
        CacheBudget budget = backend.budget(cacheMemory, model.model().bytesOfWeights());
        return new DecoderSession(model, runner, cache, feed, budget);
    }

    private static <T> Feed feed(DecoderModel model, Runner<T> runner, KeyValueCache<T> cache) {
        if (model instanceof DecoderGraph graph) {
            return new EmbeddingFeed<>(graph.withoutWeights(), runner, cache);
        }
        if (model instanceof ExportedGraph graph) {
            return new TokenFeed<>(graph.withoutWeights(), runner, cache);
        }
        throw new IllegalStateException("no feed for a " + model.getClass().getSimpleName());
    }

    @Override
    public int slots() {
        return cache.slots();
    }

    @Override
    public int capacity() {
        return cache.capacity();
    }

    @Override
    public int maxCapacity() {
        return maxCapacity;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int filled(int slot) {
        return filled[slot];
    }

    @Override
    public void truncate(int slot, int length) {
        if (length < 0 || length > filled[slot]) {
            throw new IllegalArgumentException(
                    "a slot of " + filled[slot] + " tokens cannot be cut to " + length + " tokens");
        }
        fill(slot, length);
    }

    /** Sets how many tokens a slot holds, which are not those of the last run. */
    private void fill(int slot, int tokens) {
        filled[slot] = tokens;
        feed.slotsChanged();
    }

    @Override
    public long memory() {
        return budget.bytes();
    }

    @Override
    public long bytes(int[] tokens) {
        int longest = Arrays.stream(tokens).max().orElse(0);
        return cache.bytes(tokens) + feed.bytes(tokens.length, longest);
    }

    @Override
    public int mostCapacity(int slots) {
        return Math.min(maxCapacity, cache.mostCapacity(slots));
    }

    @Override
    public void resize(int slots, int capacity) {
        if (capacity > maxCapacity) {
            throw new IllegalArgumentException(
                    "a text of " + capacity + " tokens is longer than the context of " + maxCapacity);
        }
        feed.release();
        try {
            cache.resize(slots, capacity, filled);
        } finally {
            int[] resized = Arrays.copyOf(filled, cache.slots());
            int most = Math.max(0, cache.capacity() - 1); // there is room for one more token
            filled =
                    Arrays.stream(resized).map(tokens -> Math.min(tokens, most)).toArray();
        }
    }

    @Override
    public void copy(int from, int to, int start, int end) {
        if (start < 0 || start > Math.min(end, filled[to]) || end > filled[from]) {
            throw new IllegalArgumentException("cannot copy tokens " + start + " to " + end + " of a slot of "
                    + filled[from] + " tokens to one of " + filled[to]);
        }
        cache.copy(from, to, start, end);
        fill(to, end);
    }

    @Override
    public void clear(int slot) {
        cache.clear(slot);
        fill(slot, 0);
    }

    @Override
    public void preload(int slot, AdapterMix mix) {
        cache.write(slot, mix.prefix(), mix.prefixTokens());
        fill(slot, mix.prefixTokens());
    }

    /**
     * Returns keys and values of a slot's first tokens: {@code (layers, 2, keyValueHeads, tokens, headDim)}, keys
     * first.
     */
    public float[] keysAndValues(int slot, int tokens) {
        if (tokens > filled[slot]) {
            throw new IllegalArgumentException("the slot has " + filled[slot] + " tokens, asked for " + tokens);
        }
        return cache.read(slot, tokens);
    }

    @Override
    public AdapterInputs adapterInputs() {
        return runner.adapterInputs();
    }

    @Override
    public void adopt(Engine engine) {
        feed.release(); // bound to the engine that ends
        runner.adopt(engine);
    }

    @Override
    public void forget(PreparedAdapter adapter) {
        feed.release(); // bound to tensors that end
        runner.forget(adapter);
    }

    @Override
    public Logits read(int slot, int[] ids, int from, int to, int logitsFrom, AdapterMix mix) {
        Logits logits = feed.read(slot, filled, ids, from, to, logitsFrom, mix);
        filled[slot] += to - from;
        return logits;
    }

    @Override
    public boolean readsTrees() {
        return feed.readsTrees();
    }

    @Override
    public Logits readTree(int slot, int[] ids, int from, TokenTree after, AdapterMix mix) {
        Logits logits = feed.readTree(slot, filled, ids, from, after, mix);
        filled[slot] += ids.length - from;
        return logits;
    }

    @Override
    public int mostRows() {
        return feed.readsRows() ? RowInputs.ROWS : 0;
    }

    @Override
    public Logits readRows(int slot, int[] ids, AdapterMix mix) {
        if (ids.length < 1 || ids.length > mostRows() || filled[slot] + mostRows() > capacity()) {
            throw new IllegalArgumentException("cannot read " + ids.length + " tokens after " + filled[slot]
                    + " in a slot of " + capacity() + ", expected from 1 to " + mostRows() + " and room for as many");
        }
        Logits logits = feed.readRows(slot, filled, ids, mix);
        filled[slot] += ids.length;
        return logits;
    }

    @Override
    public Logits step(int first, int[] ids, List<AdapterMix> mixes) {
        Logits logits = feed.step(first, ids, filled, mixes);
        for (int row = 0; row < ids.length; row++) {
            if (ids[row] >= 0) {
                filled[first + row]++;
            }
        }
        return logits;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (budget;
                    runner;
                    cache) {
                feed.release();
            }
        }
    }
}
