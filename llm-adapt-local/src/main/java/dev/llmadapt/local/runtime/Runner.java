package dev.llmadapt.local.runtime;

import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.AdapterInputs;

/**
 * An engine over one memory, with the tensors through which adapters act. Owns the engine.
 *
 * @param <T> the tensors
 */
final class Runner<T> implements AutoCloseable {
    private final Backend<T> backend;
    private Engine engine;
    private LoadedGraph<T> graph;
    private AdapterTensors<T> adapters;

    Runner(Backend<T> backend, Engine engine) {
        this.backend = backend;
        this.engine = engine;
        this.graph = backend.graph(engine);
        this.adapters = new AdapterTensors<>(engine, backend);
    }

    Backend<T> backend() {
        return backend;
    }

    /** The threads of a run. */
    int threads() {
        return engine.threads();
    }

    AdapterInputs adapterInputs() {
        return engine.adapterInputs();
    }

    /** Makes a run, to be closed before the engine is replaced. */
    Run<T> run() {
        return new Run<>(graph.bind(), adapters);
    }

    /** Replaces the engine. */
    void adopt(Engine next) {
        LoadedGraph<T> nextGraph = backend.graph(next);
        close();
        engine = next;
        graph = nextGraph;
        adapters = new AdapterTensors<>(next, backend);
    }

    /** Frees the tensors of an adapter. */
    void forget(PreparedAdapter adapter) {
        adapters.forget(adapter);
    }

    @Override
    public void close() {
        adapters.close();
        engine.close();
    }
}
