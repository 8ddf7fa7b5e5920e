package dev.llmadapt.local;

import dev.llmadapt.Adapter;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.runtime.Engine;
import java.util.List;

/**
 * The owner of a model's adapters: loads them, unloads them, and replaces the engine by one whose graph has the inputs
 * that they need. {@link LoadedAdapters}, which requests look them up in, is the only list of them. Thread-safe: one
 * change at a time, while answers go on.
 */
final class ModelAdapters {
    private final LocalBase base;
    private final Decoder decoder;
    private final ModelStates states;
    private final LoadedAdapters loaded;
    private AdapterInputs graphInputs; // guarded by this

    /**
     * Makes the owner of adapters of a base that a decoder serves; all stay the caller's.
     *
     * @param inputs those of the decoder's graph
     */
    ModelAdapters(LocalBase base, AdapterInputs inputs, Decoder decoder, ModelStates states) {
        this.base = base;
        this.graphInputs = inputs;
        this.decoder = decoder;
        this.states = states;
        this.loaded = decoder.adapters();
    }

    /** Adapters of a base that has no decoder yet, whose graph is to have some inputs for them. */
    record Beginning(LoadedAdapters loaded, AdapterInputs inputs) {
        static Beginning of(LocalBase base, List<? extends LocalAdapter> adapters) {
            LoadedAdapters loaded = new LoadedAdapters(base.vocabularySize());
            AdapterInputs inputs = AdapterInputs.NONE;
            for (LocalAdapter adapter : adapters) {
                PreparedAdapter ready = prepare(base, loaded, adapter, base.effect(adapter));
                inputs = inputs.plus(ready.inputs());
                loaded.add(adapter, ready);
            }
            return new Beginning(loaded, inputs);
        }
    }

    private static PreparedAdapter prepare(
            LocalBase base, LoadedAdapters loaded, LocalAdapter adapter, AdapterEffect effect) {
        loaded.requireFree(adapter.name());
        LoadedAdapters.Place place = loaded.reserve(effect.virtualTokens(base.hiddenSize()));
        return base.ready(adapter.name(), effect, place.order(), place.firstVirtualId());
    }

    /** See {@link LocalModel#loadAdapter}. */
    void load(LocalAdapter adapter) {
        load(adapter, base.effect(adapter));
    }

    private synchronized void load(LocalAdapter adapter, AdapterEffect effect) {
        PreparedAdapter ready = prepare(base, loaded, adapter, effect);
        if (!graphInputs.covers(ready.inputs())) {
            widen(graphInputs.plus(ready.inputs()));
        }
        loaded.add(adapter, ready);
    }

    private void widen(AdapterInputs inputs) {
        Engine engine = base.engine(inputs);
        try {
            decoder.adopt(engine);
        } catch (IllegalStateException e) { // closed meanwhile
            engine.close();
            throw e;
        }
        graphInputs = inputs;
    }

    /**
     * Unloads an adapter. After the last one the engine runs the base's own graph again, unless a running answer needs
     * the other.
     */
    synchronized void unload(String name) {
        PreparedAdapter removed = loaded.remove(name);
        decoder.forget(removed);
        states.forget(removed);
        if (loaded.isEmpty() && !graphInputs.equals(AdapterInputs.NONE) && !decoder.usesAdapters()) {
            Engine engine = base.engine(AdapterInputs.NONE);
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
