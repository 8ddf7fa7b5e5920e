package dev.llmadapt.local.runtime;

import dev.llmadapt.Device;
import dev.llmadapt.local.architecture.AdaptableGraph;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.AdapterSite;
import java.util.List;

/** A decoder's graph that is ready to run; owned by whoever holds it until a session adopts it. */
public final class Engine implements AutoCloseable {
    private final LoadedGraph<?> graph;
    private final int threads;
    private final AdapterInputs adapterInputs;
    private final List<AdapterSite> sites;

    private Engine(LoadedGraph<?> graph, AdaptableGraph model, Execution execution) {
        this.graph = graph;
        this.threads = execution.threads();
        this.adapterInputs = model.adapterInputs();
        this.sites = model.sites();
    }

    /** Opens an engine on the device of an execution. */
    public static Engine open(AdaptableGraph model, Execution execution) {
        if (execution.device() instanceof Device.Cuda cuda) {
            return open(model, execution, CudaMemory.of(cuda.index()));
        }
        return new Engine(SectionedSession.open(model.model(), execution), model, execution);
    }

    /** Opens an engine in a device's memory. */
    static Engine open(AdaptableGraph model, Execution execution, DeviceMemory memory) {
        return new Engine(DeviceSession.open(model.model(), memory, execution), model, execution);
    }

    LoadedGraph<?> graph() {
        return graph;
    }

    int threads() {
        return threads;
    }

    AdapterInputs adapterInputs() {
        return adapterInputs;
    }

    List<AdapterSite> sites() {
        return sites;
    }

    @Override
    public void close() {
        graph.close();
    }
}
