package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.architecture.DecoderGraph;

/** The way over the C interface, in this process's memory. */
class DeviceAdapterBatchTest extends AdapterBatchContract {
    private final DeviceMemory memory = new HostMemory();

    @Override
    TextSession open(DecoderGraph graph) {
        return DeviceDecoderSession.open(graph, Execution.of(1), memory);
    }

    @Override
    Engine engine(DecoderGraph graph) {
        return Engine.open(graph, Execution.of(1), memory);
    }
}
