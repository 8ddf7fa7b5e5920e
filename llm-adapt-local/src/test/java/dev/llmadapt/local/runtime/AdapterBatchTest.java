package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.DecoderGraph;

class AdapterBatchTest extends AdapterBatchContract {
    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, 1);
    }

    @Override
    Engine engine(DecoderGraph graph) {
        return Engine.open(graph, Execution.of(1));
    }
}
