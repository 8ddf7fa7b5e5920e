package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;

/** The way over the C interface, in this process's memory. */
class DeviceAdapterBatchTest extends AdapterBatchContract {
    private final DeviceMemory memory = new HostMemory();

    @Override
    TextSession open(DecoderGraph graph) {
        return DecoderSession.open(graph, Execution.of(1), memory);
    }

    @Test
    void adopt_engineInOtherMemory_isRefusedAndTheSessionGoesOn() {
        Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"));
        DecoderGraph graph = Architecture.of(base).graph(base, Precision.FP32, 128, AdapterInputs.NONE);
        try (TextSession session = open(graph);
                Engine other = Engine.open(graph, Execution.of(1))) {
            session.reserve(1, 8);
            float before = session.step(new int[] {5}).get(0);
            assertThatThrownBy(() -> session.adopt(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("open the engine with the device of the session");
            session.truncate(0, 0);
            assertThat(session.step(new int[] {5}).get(0)).isEqualTo(before);
        }
    }

    @Override
    Engine engine(DecoderGraph graph) {
        return Engine.open(graph, Execution.of(1), memory);
    }
}
