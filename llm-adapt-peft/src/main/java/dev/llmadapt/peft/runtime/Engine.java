package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.Device;
import dev.llmadapt.peft.architecture.AdapterInputs;
import dev.llmadapt.peft.architecture.AdapterSite;
import dev.llmadapt.peft.architecture.DecoderGraph;
import dev.llmadapt.peft.architecture.ExportedGraph;
import java.util.List;

/** A graph that is ready to run; owned by whoever holds it until a session adopts it. */
public final class Engine implements AutoCloseable {
    private final Session session;
    private final AdapterInputs adapterInputs;
    private final List<AdapterSite> sites;

    private Engine(Session session, AdapterInputs adapterInputs, List<AdapterSite> sites) {
        this.session = session;
        this.adapterInputs = adapterInputs;
        this.sites = sites;
    }

    /**
     * An engine over a graph of our own.
     *
     * @param threads threads of one run
     */
    public static Engine open(DecoderGraph graph, int threads) {
        return open(graph, Execution.of(threads));
    }

    /** The same, run as told. */
    public static Engine open(DecoderGraph graph, Execution execution) {
        if (execution.device() instanceof Device.Cuda cuda) {
            return open(graph, execution, CudaMemory.of(cuda.index()));
        }
        return new Engine(OnnxSession.open(graph.model(), execution), graph.adapterInputs(), graph.sites());
    }

    /** The same, run in a device's memory. */
    static Engine open(DecoderGraph graph, Execution execution, DeviceMemory memory) {
        return new Engine(DeviceSession.open(graph.model(), memory, execution), graph.adapterInputs(), graph.sites());
    }

    /**
     * An engine over a graph that somebody else exported.
     *
     * @param threads threads of one run
     */
    public static Engine open(ExportedGraph graph, int threads) {
        return open(graph, Execution.of(threads));
    }

    /** The same, run as told. */
    public static Engine open(ExportedGraph graph, Execution execution) {
        return new Engine(OnnxSession.open(graph.model(), execution), graph.adapterInputs(), graph.sites());
    }

    OnnxSession session() {
        return (OnnxSession) session;
    }

    DeviceSession deviceSession() {
        return (DeviceSession) session;
    }

    AdapterInputs adapterInputs() {
        return adapterInputs;
    }

    List<AdapterSite> sites() {
        return sites;
    }

    @Override
    public void close() {
        session.close();
    }
}
