package dev.llmadapt.local.adapter;

import dev.llmadapt.AdapterUse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The adapters requests of one model can name. Thread-safe. */
public final class LoadedAdapters {
    private final Map<String, ReadyAdapter> byName = new TreeMap<>(); // guarded by this
    private int nextVirtualId; // guarded by this
    private long made; // guarded by this

    /**
     * None yet.
     *
     * @param vocabularySize ids of virtual tokens begin here
     */
    public LoadedAdapters(int vocabularySize) {
        this.nextVirtualId = vocabularySize;
    }

    /**
     * Makes an adapter ready under its own order and ids of virtual tokens, which are never given twice.
     *
     * @param virtualTokens how many it has
     * @param make from the order and the first id to the adapter
     */
    public ReadyAdapter make(int virtualTokens, BiFunction<Long, Integer, ReadyAdapter> make) {
        long order;
        int first;
        synchronized (this) {
            order = made++;
            first = nextVirtualId;
            nextVirtualId = Math.addExact(nextVirtualId, virtualTokens);
        }
        return make.apply(order, first);
    }

    /**
     * Lets requests name an adapter.
     *
     * @throws IllegalStateException if its name is taken
     */
    public synchronized void add(ReadyAdapter adapter) {
        requireFree(adapter.name());
        byName.put(adapter.name(), adapter);
    }

    /** Checks that a name is not taken. */
    public synchronized void requireFree(String name) {
        if (byName.containsKey(name)) {
            throw new IllegalStateException(
                    "an adapter '" + name + "' is loaded; unload it first, or load this one under another name");
        }
    }

    /**
     * Takes an adapter away from requests to come.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public synchronized ReadyAdapter remove(String name) {
        ReadyAdapter removed = byName.remove(name);
        if (removed == null) {
            throw unknown(name);
        }
        return removed;
    }

    /** Whether there is none. */
    public synchronized boolean isEmpty() {
        return byName.isEmpty();
    }

    /**
     * What a request names.
     *
     * @throws IllegalArgumentException if it names what is not loaded, or asks of an adapter what it cannot do
     */
    public synchronized AdapterMix mix(List<AdapterUse> uses) {
        if (uses.isEmpty()) {
            return AdapterMix.NONE;
        }
        return new AdapterMix(uses.stream()
                .map(use -> {
                    ReadyAdapter adapter = byName.get(use.name());
                    if (adapter == null) {
                        throw unknown(use.name());
                    }
                    return new AdapterMix.Part(adapter, use.weight());
                })
                .toList());
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("unknown adapter '" + name + "', "
                + (byName.isEmpty() ? "none is loaded" : "expected one of " + byName.keySet()) + "; load it first");
    }
}
