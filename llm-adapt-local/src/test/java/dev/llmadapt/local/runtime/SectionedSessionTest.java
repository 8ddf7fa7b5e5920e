package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "INT8"})
    void logits_areThoseOfOneSessionToTheBit(Precision precision) {
        for (String name : List.of("tiny-llama", "tiny-qwen2", "tiny-qwen3", "tiny-gemma3")) {
            assertThat(logits(name, precision, 3)).as(name).isEqualTo(logits(name, precision, 1));
        }
    }

    /** The engine joins operators of GPT-2 that a cut may part, which changes the last digits. */
    @Test
    void logits_ofGpt2_areNearThoseOfOneSession() {
        assertThat(logits("tiny-gpt2", Precision.FP32, 3))
                .containsExactly(logits("tiny-gpt2", Precision.FP32, 1), within(1e-5f));
    }

    private static float[] logits(String name, Precision precision, int sections) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name));
                TextSession session = DecoderSession.open(
                        Architecture.of(checkpoint).graph(checkpoint, precision, 64, AdapterInputs.NONE),
                        Execution.of(1).withSections(sections))) {
            session.reserve(1, 40);
            int[] prompt = IntStream.range(0, 20).map(i -> 3 + i * 7 % 50).toArray();
            session.read(0, prompt, 0, prompt.length, prompt.length - 1);
            Logits logits = session.step(0, new int[] {9}, List.of(AdapterMix.NONE));
            float[] row = new float[session.vocabularySize()];
            for (int i = 0; i < row.length; i++) {
                row[i] = logits.get(i);
            }
            return row;
        }
    }
}
