package dev.llmadapt.local;

import dev.llmadapt.AdapterException;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Request;
import dev.llmadapt.local.adapter.PreparedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Many adapters of one {@link LocalModel}, of which those used last are in memory: an adapter is read from where it is
 * stored when a request needs it, and is dropped again when the memory is needed for others, the least recently used
 * one first. What is stored is never written.
 *
 * <pre>{@code
 * AdapterPool pool = new AdapterPool(model, 512L << 20);
 * pool.register("bank", AdapterSource.folder(folder, PeftAdapter::read));
 * try (AdapterPool.Lease lease = pool.use("bank")) {
 *     Generation answer = model.generate(lease.on(request));
 * }
 * }</pre>
 *
 * <p>An adapter is loaded on the thread that asks for it, while answers of others go on; threads that ask for the same
 * one meanwhile wait for it. An adapter that changes modules which none before it did takes as long as
 * {@link LocalModel#loadAdapter} says. The engine keeps its inputs for adapters as long as one is registered, in memory
 * or not.
 *
 * <p>Adapters under a lease stay in memory. If they alone take more than the memory allows, it is exceeded until a
 * lease is closed: nobody waits for memory, so that a thread which holds several leases cannot wait for itself.
 * Adapters that are being loaded, and the factors that the engine holds for the answers under way, come on top.
 *
 * <p>Thread-safe. Lasts as long as its model, and need not be closed.
 */
public final class AdapterPool {
    private final LocalModel model;
    private final ModelAdapters adapters;
    private final long memory;
    private final Map<String, Entry> registered = new LinkedHashMap<>(); // guarded by this
    private final Set<String> names = new HashSet<>(); // guarded by this: those that requests use
    private final Set<Entry> inMemory = new LinkedHashSet<>(); // guarded by this, least recently used first
    private long bytes; // guarded by this, as all below
    private long loads;
    private long evictions;
    private long failures;

    /** An adapter that was registered. What is not final is guarded by the pool. */
    private static final class Entry {
        final String name;
        final String requestName;
        final AdapterSource source;
        final String version;
        boolean unregistered;
        int leases;
        boolean loaded;
        long bytes; // while loaded

        @Nullable
        CompletableFuture<Void> loading;

        Entry(String name, String requestName, AdapterSource source, String version) {
            this.name = name;
            this.requestName = requestName;
            this.source = source;
            this.version = version;
        }
    }

    /**
     * Counts of a pool.
     *
     * @param registered adapters that can be asked for
     * @param loaded adapters in memory
     * @param bytes of their numbers
     * @param memory the bytes that these may take
     * @param loads how many adapters were loaded, those loaded again included
     * @param evictions how many were dropped for the memory
     * @param failures how many could not be loaded
     */
    public record Counts(
            int registered, int loaded, long bytes, long memory, long loads, long evictions, long failures) {}

    /**
     * Makes a pool without adapters.
     *
     * @param model stays the caller's. A model may have several pools, and adapters loaded into it directly, under
     *     different names
     * @param memory the bytes that the numbers of adapters in memory may take, as 32-bit floats: 4 for each parameter
     */
    public AdapterPool(LocalModel model, long memory) {
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.adapters = model.owner();
        this.memory = memory;
        if (memory < 1) {
            throw new IllegalArgumentException("the memory for adapters must be at least a byte, got " + memory);
        }
    }

    /** The model whose adapters these are. */
    public LocalModel model() {
        return model;
    }

    /**
     * Adds an adapter, which is not read before somebody uses it.
     *
     * @param name by which it is asked for; must not be blank
     * @throws IllegalStateException if an adapter of that name is registered, or loaded into the model directly
     * @throws AdapterException if there is nothing stored
     */
    public void register(String name, AdapterSource source) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("an adapter needs a name, name: '" + name + "'");
        }
        String version = source.version(name);
        boolean direct = model.adapters().stream().anyMatch(each -> each.name().equals(name));
        synchronized (this) {
            if (registered.containsKey(name)) {
                throw new IllegalStateException(
                        "an adapter '" + name + "' is registered; unregister it first, or take another name");
            }
            if (direct && !names.contains(name)) {
                throw new IllegalStateException("an adapter '" + name
                        + "' is loaded; unload it first, or register this one under another name");
            }
            String requestName = name;
            for (int i = 2; !names.add(requestName); i++) { // answers under way have an earlier one of this name
                requestName = name + "#" + i;
            }
            if (registered.isEmpty()) {
                adapters.hold();
            }
            registered.put(name, new Entry(name, requestName, source, version));
        }
    }

    /**
     * Removes an adapter. It stays in memory as long as there are leases of it.
     *
     * @return whether there was one of that name
     */
    public boolean unregister(String name) {
        List<PreparedAdapter> dropped;
        boolean last;
        synchronized (this) {
            Entry entry = registered.remove(name);
            if (entry == null) {
                return false;
            }
            entry.unregistered = true;
            dropped = dropIfOver(entry);
            last = registered.isEmpty();
        }
        forget(dropped);
        if (last) {
            adapters.letGo();
        }
        return true;
    }

    /** The names of the registered adapters, in the order in which they were added. */
    public synchronized List<String> names() {
        return List.copyOf(registered.keySet());
    }

    /**
     * The name by which requests to the model name a registered adapter, while there is a lease of it: its own, unless
     * answers under way still have an earlier one of that name.
     *
     * @throws IllegalArgumentException if none of that name is registered
     */
    public synchronized String requestName(String name) {
        return find(name).requestName;
    }

    /** The counts as they are now. */
    public synchronized Counts counts() {
        return new Counts(registered.size(), inMemory.size(), bytes, memory, loads, evictions, failures);
    }

    /**
     * Has an adapter in memory until the lease is closed; loads it on this thread, or waits for the thread that does,
     * if it is not there.
     *
     * @throws IllegalArgumentException if none of that name is registered
     * @throws AdapterException if it cannot be read, changed since it was registered, does not fit the model, or takes
     *     more than all of the pool's memory. Another call tries again
     * @throws CancellationException if the thread is interrupted while it loads or waits; the interrupt status stays
     *     set
     */
    public Lease use(String name) {
        long begun = System.nanoTime();
        model.requireOpen();
        Entry entry;
        synchronized (this) {
            entry = find(name);
            entry.leases++;
        }
        try {
            boolean cold = false;
            while (true) {
                CompletableFuture<Void> loading;
                boolean mine;
                synchronized (this) {
                    if (entry.loaded) {
                        touch(entry);
                        Duration waited = cold ? Duration.ofNanos(System.nanoTime() - begun) : Duration.ZERO;
                        return new Lease(entry, cold, waited);
                    }
                    cold = true;
                    mine = entry.loading == null;
                    loading = mine ? new CompletableFuture<>() : Objects.requireNonNull(entry.loading);
                    entry.loading = loading;
                }
                if (mine) {
                    load(entry, loading);
                } else {
                    await(entry, loading);
                }
            }
        } catch (RuntimeException | Error e) {
            release(entry);
            throw e;
        }
    }

    private Entry find(String name) {
        Entry entry = registered.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no adapter '" + name + "' is registered, there are " + registered.size()
                    + " others; register it first");
        }
        return entry;
    }

    private void touch(Entry entry) {
        if (inMemory.remove(entry)) {
            inMemory.add(entry);
        }
    }

    private void load(Entry entry, CompletableFuture<Void> loading) {
        AdapterLoadEvent event = new AdapterLoadEvent();
        event.begin();
        long size = 0;
        try {
            LocalAdapter adapter = read(entry);
            PreparedAdapter ready = prepare(entry, adapter);
            adapters.add(
                    new ModelAdapters.Pooled(entry.requestName, adapter.method(), adapter.parameterCount()), ready);
            List<PreparedAdapter> dropped;
            synchronized (this) {
                entry.loaded = true;
                entry.loading = null;
                entry.bytes = ready.bytes();
                bytes += entry.bytes;
                loads++;
                inMemory.add(entry);
                dropped = evict();
            }
            size = ready.bytes();
            loading.complete(null);
            forget(dropped);
        } catch (RuntimeException | Error e) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            synchronized (this) {
                entry.loading = null;
                failures += interrupted ? 0 : 1;
            }
            if (interrupted) { // which closes the file that is read; those that wait look again, and one of them loads
                loading.complete(null);
                throw cancelled(entry);
            }
            loading.completeExceptionally(e);
            throw e;
        } finally {
            event.record(entry.name, size, size > 0);
        }
    }

    private LocalAdapter read(Entry entry) {
        requireUnchanged(entry);
        try {
            return entry.source.read(entry.name);
        } catch (LlmAdaptException | IllegalArgumentException e) {
            throw new AdapterException("adapter '" + entry.name + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private PreparedAdapter prepare(Entry entry, LocalAdapter adapter) {
        PreparedAdapter ready;
        try {
            ready = adapters.prepare(adapter, entry.requestName);
        } catch (IllegalArgumentException e) {
            throw new AdapterException("adapter '" + entry.name + "' cannot be used: " + e.getMessage(), e);
        } catch (InternalError e) { // of a mapped file that was cut
            throw new AdapterException("the file of adapter '" + entry.name + "' was cut while it was read", e);
        }
        requireUnchanged(entry);
        if (ready.bytes() > memory) {
            throw new AdapterException("adapter '" + entry.name + "' takes " + ready.bytes()
                    + " bytes, all adapters in memory may take " + memory + "; give the pool more memory");
        }
        return ready;
    }

    private static void requireUnchanged(Entry entry) {
        if (!entry.source.version(entry.name).equals(entry.version)) {
            throw new AdapterException(
                    "adapter '" + entry.name + "' changed where it is stored since it was registered;"
                            + " unregister it, and register it again");
        }
    }

    private static CancellationException cancelled(Entry entry) {
        return new CancellationException("interrupted while adapter '" + entry.name + "' was loaded");
    }

    private static void await(Entry entry, CompletableFuture<Void> loading) {
        try {
            loading.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(entry);
        } catch (ExecutionException e) { // told to each that waits, as an exception of its own
            Throwable cause = e.getCause();
            if (cause instanceof AdapterException) {
                throw new AdapterException(String.valueOf(cause.getMessage()), cause);
            }
            throw new AdapterException("adapter '" + entry.name + "' cannot be loaded: " + cause, cause);
        }
    }

    /** Drops adapters without leases as long as the memory is exceeded; called with the lock. */
    private List<PreparedAdapter> evict() {
        List<PreparedAdapter> dropped = new ArrayList<>();
        for (Entry entry : List.copyOf(inMemory)) {
            if (bytes <= memory) {
                break;
            }
            if (entry.leases == 0) {
                dropped.add(drop(entry));
                evictions++;
            }
        }
        return dropped;
    }

    private PreparedAdapter drop(Entry entry) {
        inMemory.remove(entry);
        entry.loaded = false;
        bytes -= entry.bytes;
        return adapters.remove(entry.requestName);
    }

    /** Drops an adapter that is not registered any more when its last lease is closed; called with the lock. */
    private List<PreparedAdapter> dropIfOver(Entry entry) {
        if (!entry.unregistered || entry.leases > 0) {
            return List.of();
        }
        names.remove(entry.requestName);
        return entry.loaded ? List.of(drop(entry)) : List.of();
    }

    private void forget(List<PreparedAdapter> dropped) {
        dropped.forEach(adapters::forget);
    }

    private void release(Entry entry) {
        List<PreparedAdapter> dropped = new ArrayList<>();
        synchronized (this) {
            entry.leases--;
            touch(entry);
            dropped.addAll(dropIfOver(entry));
            dropped.addAll(evict());
        }
        forget(dropped);
    }

    /**
     * An adapter in memory, as long as this is open; closed by whoever asked for it, after the answers. Thread-safe.
     */
    public final class Lease implements AutoCloseable {
        private final Entry entry;
        private final boolean cold;
        private final Duration loadTime;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Lease(Entry entry, boolean cold, Duration loadTime) {
            this.entry = entry;
            this.cold = cold;
            this.loadTime = loadTime;
        }

        /** Returns a request with the adapter, as trained, in the place of those that it names. */
        public Request on(Request request) {
            return request.withAdapter(requestName());
        }

        /** The name by which requests name the adapter; see {@link AdapterPool#requestName}. */
        public String requestName() {
            return entry.requestName;
        }

        /** Whether the adapter was not in memory when it was asked for. */
        public boolean cold() {
            return cold;
        }

        /** How long it took to load, or to wait for another thread that did; zero if it was in memory. */
        public Duration loadTime() {
            return loadTime;
        }

        /** Gives the adapter back; a second call has no effect. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release(entry);
            }
        }
    }
}
