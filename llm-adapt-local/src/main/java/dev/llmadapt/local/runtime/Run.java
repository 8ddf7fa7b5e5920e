package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.runtime.LoadedGraph.Binding;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run that can be repeated: its tensors stay bound, and those of the cache and of the adapters are bound again only
 * when they are others.
 */
final class Run<T> implements AutoCloseable {
    private final Binding<T> binding;
    private final AdapterTensors<T> adapters;
    private KeyValueCache.@Nullable View<T> rows;
    private @Nullable Map<String, T> adapterInputs;

    Run(Binding<T> binding, AdapterTensors<T> adapters) {
        this.binding = binding;
        this.adapters = adapters;
    }

    void input(String name, T tensor) {
        binding.input(name, tensor);
    }

    void output(String name, T tensor) {
        binding.output(name, tensor);
    }

    /** Lets it give back the engine's memory; see {@link Binding#givesBack}. */
    void givesBack() {
        binding.givesBack();
    }

    /** Runs over some rows of a cache, with the adapters of each. */
    @SuppressWarnings("ReferenceEquality") // the same map is the same tensors
    void execute(KeyValueCache.View<T> cacheRows, List<AdapterMix> mixes) {
        if (cacheRows != rows) {
            cacheRows.past().forEach(binding::input);
            cacheRows.present().forEach(binding::output);
            rows = cacheRows;
        }
        Map<String, T> inputs = adapters.inputs(mixes);
        if (inputs != adapterInputs) {
            inputs.forEach(binding::input);
            adapterInputs = inputs;
        }
        binding.run();
    }

    @Override
    public void close() {
        binding.close();
    }
}
