package dev.llmadapt.local.adapter;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterUse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The adapters that requests of one model can name. Thread-safe. */
public final class LoadedAdapters {
    private final Map<String, Loaded> byName = new TreeMap<>(); // guarded by this
    private int nextVirtualId; // guarded by this
    private long reserved; // guarded by this

    private record Loaded(Adapter adapter, PreparedAdapter ready) {}

    /**
     * Makes an empty list.
     *
     * @param vocabularySize the ids of virtual tokens begin here
     */
    public LoadedAdapters(int vocabularySize) {
        this.nextVirtualId = vocabularySize;
    }

    /**
     * A place among the adapters of a model.
     *
     * @param order how many places were reserved before
     * @param firstVirtualId the id of the first virtual token
     */
    public record Place(long order, int firstVirtualId) {}

    /** Reserves a place for an adapter of so many virtual tokens. No place is given twice, also if it stays empty. */
    public synchronized Place reserve(int virtualTokens) {
        Place place = new Place(reserved++, nextVirtualId);
        nextVirtualId = Math.addExact(nextVirtualId, virtualTokens);
        return place;
    }

    /**
     * Lets requests name an adapter.
     *
     * @param ready made ready for the model, under its name
     * @throws IllegalStateException if its name is taken
     */
    public synchronized void add(Adapter adapter, PreparedAdapter ready) {
        requireFree(ready.name());
        byName.put(ready.name(), new Loaded(adapter, ready));
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
    public synchronized PreparedAdapter remove(String name) {
        Loaded removed = byName.remove(name);
        if (removed == null) {
            throw unknown(name);
        }
        return removed.ready();
    }

    /** Returns the adapters, by name. */
    public synchronized List<Adapter> all() {
        return byName.values().stream().map(Loaded::adapter).toList();
    }

    /** The bytes of the numbers of all of them. */
    public synchronized long bytes() {
        return byName.values().stream().mapToLong(each -> each.ready().bytes()).sum();
    }

    /** Whether there is none. */
    public synchronized boolean isEmpty() {
        return byName.isEmpty();
    }

    /**
     * Returns the mix of adapters that a request names.
     *
     * @throws IllegalArgumentException if it names what is not loaded, or asks of an adapter what it cannot do
     */
    public synchronized AdapterMix mix(List<AdapterUse> uses) {
        if (uses.isEmpty()) {
            return AdapterMix.NONE;
        }
        return new AdapterMix(uses.stream()
                .map(use -> {
                    Loaded adapter = byName.get(use.name());
                    if (adapter == null) {
                        throw unknown(use.name());
                    }
                    return new AdapterMix.Part(adapter.ready(), use.weight());
                })
                .toList());
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("unknown adapter '" + name + "', "
                + (byName.isEmpty() ? "none is loaded" : "expected one of " + byName.keySet()) + "; load it first");
    }
}
