package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.DecoderGraph;

public class DecoderSessionTest extends DecoderSessionContract {
    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, 1);
    }
}
