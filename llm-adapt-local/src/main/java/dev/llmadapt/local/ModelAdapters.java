package dev.llmadapt.local;

import dev.llmadapt.Adapter;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.runtime.Engine;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a model's adapters: loads them, unloads them, and replaces the engine by one whose graph has the inputs
 * that they need. {@link LoadedAdapters}, which requests look them up in, is the only list of them. Thread-safe: one
 * change of the engine at a time, while answers go on; adapters are laid out beside it.
 */
final class ModelAdapters {
    private final BaseFacts base;
    private final Decoder decoder;
    private final ModelStates states;
    private final LoadedAdapters loaded;
    private final AtomicInteger pools = new AtomicInteger(); // for whose adapters the graph keeps its inputs
    private AdapterInputs graphInputs; // guarded by this

    /**
     * Makes the owner of adapters of a base that a decoder serves; all stay the caller's.
     *
     * @param inputs those of the decoder's graph
     */
    ModelAdapters(LocalBase base, AdapterInputs inputs, Decoder decoder, ModelStates states) {
        this.base = new BaseFacts(base);
        this.graphInputs = inputs;
        this.decoder = decoder;
        this.states = states;
        this.loaded = decoder.adapters();
    }

    /** Adapters of a base that has no decoder yet, whose graph is to have some inputs for them. */
    record Beginning(LoadedAdapters loaded, AdapterInputs inputs) {
        static Beginning of(LocalBase base, List<? extends LocalAdapter> adapters) {
            BaseFacts facts = new BaseFacts(base);
            LoadedAdapters loaded = new LoadedAdapters(base.vocabularySize());
            AdapterInputs inputs = AdapterInputs.NONE;
            for (LocalAdapter adapter : adapters) {
                PreparedAdapter ready = facts.prepare(loaded, adapter, adapter.name());
                inputs = inputs.plus(ready.inputs());
                loaded.add(adapter, ready);
            }
            return new Beginning(loaded, inputs);
        }
    }

    /** A base, with what every adapter that is loaded asks of it, which is computed once. */
    private static final class BaseFacts {
        final LocalBase base;
        private @Nullable BaseFingerprint fingerprint; // guarded by this
        private @Nullable BaseModules modules; // guarded by this

        BaseFacts(LocalBase base) {
            this.base = base;
        }

        private synchronized BaseFingerprint fingerprint() {
            BaseFingerprint known = fingerprint != null ? fingerprint : base.fingerprint();
            fingerprint = known;
            return known;
        }

        private synchronized BaseModules modules() {
            BaseModules known = modules != null ? modules : base.modules();
            modules = known;
            return known;
        }

        /** Lays an adapter out, under a name that is free. */
        PreparedAdapter prepare(LoadedAdapters loaded, LocalAdapter adapter, String name) {
            adapter.requireMadeFor(fingerprint());
            AdapterEffect effect = adapter.effectOn(modules());
            loaded.requireFree(name);
            LoadedAdapters.Place place = loaded.reserve(effect.virtualTokens(base.hiddenSize()));
            return base.ready(name, effect, place.order(), place.firstVirtualId());
        }
    }

    /** See {@link LocalModel#loadAdapter}. */
    void load(LocalAdapter adapter) {
        AdapterLoadEvent event = new AdapterLoadEvent();
        event.begin();
        boolean loaded = false;
        long bytes = 0;
        try {
            PreparedAdapter ready = prepare(adapter, adapter.name());
            bytes = ready.bytes();
            add(adapter, ready);
            loaded = true;
        } finally {
            event.record(adapter.name(), bytes, loaded);
        }
    }

    /** Lays an adapter out for the base, under a name; several threads may do so at once. */
    PreparedAdapter prepare(LocalAdapter adapter, String name) {
        return base.prepare(loaded, adapter, name);
    }

    /**
     * Lets requests name an adapter, after the engine has the inputs for it.
     *
     * @param listed what stands for it in the list of adapters
     */
    synchronized void add(Adapter listed, PreparedAdapter ready) {
        loaded.requireFree(ready.name());
        if (!graphInputs.covers(ready.inputs())) {
            widen(graphInputs.plus(ready.inputs()));
        }
        loaded.add(listed, ready);
    }

    private void widen(AdapterInputs inputs) {
        Engine engine = base.base.engine(inputs);
        try {
            decoder.adopt(engine);
        } catch (IllegalStateException e) { // closed meanwhile
            engine.close();
            throw e;
        }
        graphInputs = inputs;
    }

    /**
     * Unloads an adapter. After the last one the engine runs the base's own graph again, unless a running answer or a
     * pool needs the other.
     */
    void unload(String name) {
        if (loaded.all().stream().anyMatch(each -> each.name().equals(name) && each instanceof Pooled)) {
            throw new IllegalStateException("adapter '" + name + "' belongs to a pool; unregister it there");
        }
        forget(remove(name));
        narrow();
    }

    /** An adapter that a pool has loaded: what is known of it, without its numbers. */
    record Pooled(String name, Method method, long parameterCount) implements Adapter {}

    /** Takes an adapter away from requests to come; its memory is freed by {@link #forget}. */
    PreparedAdapter remove(String name) {
        return loaded.remove(name);
    }

    /** Frees what is kept for an adapter that was removed. */
    void forget(PreparedAdapter removed) {
        decoder.forget(removed);
        states.forget(removed);
    }

    /** Keeps the inputs of the graph also while no adapter is loaded, until {@link #letGo}. */
    void hold() {
        pools.incrementAndGet();
    }

    /** Ends a {@link #hold}: where no adapter is loaded, the engine runs the base's own graph again. */
    void letGo() {
        pools.decrementAndGet();
        narrow();
    }

    /** The inputs for adapters that the engine's graph has. */
    synchronized AdapterInputs graphInputs() {
        return graphInputs;
    }

    private synchronized void narrow() {
        boolean wide = !graphInputs.equals(AdapterInputs.NONE);
        if (wide && loaded.isEmpty() && pools.get() == 0 && !decoder.usesAdapters()) {
            Engine engine = base.base.engine(AdapterInputs.NONE);
            if (adoptForBase(engine)) {
                graphInputs = AdapterInputs.NONE;
            } else {
                engine.close();
            }
        }
    }

    private boolean adoptForBase(Engine engine) {
        try {
            return decoder.adoptForBase(engine);
        } catch (IllegalStateException e) { // closed meanwhile
            engine.close();
            throw e;
        }
    }

    /** The adapters requests can name, by name. */
    List<Adapter> all() {
        return loaded.all();
    }
}
