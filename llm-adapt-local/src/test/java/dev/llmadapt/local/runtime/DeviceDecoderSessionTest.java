package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.DecoderGraph;

/** The way over the C interface, in this process's memory. */
class DeviceDecoderSessionTest extends DecoderSessionContract {
    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, Execution.of(1), new HostMemory());
    }
}
