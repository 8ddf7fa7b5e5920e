package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.architecture.DecoderGraph;

class DecoderSessionTest extends DecoderSessionContract {
    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, 1);
    }
}
