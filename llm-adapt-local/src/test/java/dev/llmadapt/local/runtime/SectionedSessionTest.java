package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.local.architecture.DecoderGraph;

/** What holds of a graph holds of its sections. */
class SectionedSessionTest extends DecoderSessionContract {
    @Override
    TextSession open(DecoderGraph graph) {
        Execution execution = Execution.of(1).withSections(3);
        try (LoadedGraph<?> cut = SectionedSession.open(graph.model(), execution)) {
            assertThat(cut).isInstanceOf(SectionedSession.class);
        }
        return DecoderSession.open(graph, execution);
    }
}
