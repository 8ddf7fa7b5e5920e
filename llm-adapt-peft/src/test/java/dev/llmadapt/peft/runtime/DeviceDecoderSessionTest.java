package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.architecture.DecoderGraph;

/** The way over the C interface, in this process's memory. */
class DeviceDecoderSessionTest extends DecoderSessionContract {
    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, Execution.of(1), new HostMemory());
    }
}
