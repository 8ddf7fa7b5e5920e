package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.DecoderGraph;

/** What holds of adapters in a graph holds of its sections. */
class SectionedAdapterBatchTest extends AdapterBatchContract {
    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, Execution.of(1).withSections(3));
    }

    @Override
    Engine engine(DecoderGraph graph) {
        return Engine.open(graph, Execution.of(1).withSections(3));
    }
}
