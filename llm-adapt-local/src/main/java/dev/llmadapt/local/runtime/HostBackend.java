package dev.llmadapt.local.runtime;

import ai.onnxruntime.OnnxTensor;
import dev.llmadapt.local.architecture.CacheLayout;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.memory.CacheBudget;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** This process's memory, in 32-bit floats: the engine computes on the buffers themselves. */
final class HostBackend implements Backend<OnnxTensor> {
    private final Supplier<NativeArena> arenas;

    HostBackend() {
        this(NativeArena::ofPages);
    }

    /** This process's memory, with planes in arenas of a source. */
    HostBackend(Supplier<NativeArena> arenas) {
        this.arenas = arenas;
    }

    @Override
    public ElementType dtype() {
        return ElementType.FLOAT;
    }

    @Override
    public CacheBudget budget(long asked, long weights) {
        return CacheBudget.of(asked, weights);
    }

    @Override
    public boolean sparse() {
        return true;
    }

    @Override
    public long mostOfPlane() {
        return NativeArena.MOST_BYTES;
    }

    @Override
    public Plane<OnnxTensor> plane(CacheLayout layout) {
        return new HostPlane(arenas, layout, 0, 0);
    }

    @Override
    public Operand<OnnxTensor> operand(ByteBuffer buffer, ElementType type) {
        return new HostOperand<>(buffer, type, OnnxSession::tensor, OnnxTensor::close);
    }

    @Override
    public Operand<OnnxTensor> hostOperand(ByteBuffer buffer, ElementType type) {
        return operand(buffer, type);
    }

    @Override
    public LoadedGraph<OnnxTensor> graph(Engine engine) {
        if (engine.graph() instanceof OnnxSession session) {
            return session;
        }
        if (engine.graph() instanceof SectionedSession sections) {
            return sections;
        }
        throw Backend.otherMemory("a device's memory", "this process's");
    }
}
