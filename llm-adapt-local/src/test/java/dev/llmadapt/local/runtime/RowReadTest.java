package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.RowInputs;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several tokens read in one run against as many steps. */
class RowReadTest {
    static List<String> families() {
        return DecoderSessionContract.families();
    }

    @ParameterizedTest
    @MethodSource("families")
    void readRows_everyFamily_isTheStepsToTheBit(String name) {
        int[] prompt = text(40, 1);
        int[] next = text(RowInputs.ROWS, 5);
        for (Precision precision : new Precision[] {Precision.FP32, Precision.INT8}) {
            try (DecoderSession session = open(name, precision, true);
                    DecoderSession plain = open(name, precision, false)) {
                session.reserve(2, 80);
                plain.reserve(2, 80);
                for (DecoderSession each : List.of(session, plain)) {
                    each.read(0, prompt, 0, prompt.length, prompt.length - 1);
                    each.read(1, prompt, 0, prompt.length - 7, prompt.length - 8);
                }
                for (int count : new int[] {1, 3, RowInputs.ROWS}) {
                    session.truncate(0, prompt.length);
                    plain.truncate(0, prompt.length);
                    int[] ids = Arrays.copyOf(next, count);
                    float[][] rows = rows(session, session.readRows(0, ids, AdapterMix.NONE), count);
                    for (int row = 0; row < count; row++) {
                        assertThat(rows[row])
                                .as("%s %s, token %d of %d", name, precision, row, count)
                                .isEqualTo(rows(plain, plain.step(new int[] {ids[row]}), 1)[0]);
                    }
                    assertThat(session.filled(0)).isEqualTo(prompt.length + count);
                    assertThat(session.keysAndValues(0, prompt.length + count))
                            .as("the cache of %s %s", name, precision)
                            .isEqualTo(plain.keysAndValues(0, prompt.length + count));
                }
                int[] both = {7, 9}; // and steps of all slots are as ever
                assertThat(rows(session, session.step(both), 2)).isDeepEqualTo(rows(plain, plain.step(both), 2));
            }
        }
    }

    @Test
    void readRows_withoutRoomOrInputs_isRefused() {
        try (DecoderSession session = open("tiny-llama", Precision.FP32, true);
                DecoderSession plain = open("tiny-llama", Precision.FP32, false)) {
            assertThat(plain.mostRows()).isZero();
            plain.reserve(1, 64);
            assertThatThrownBy(() -> plain.readRows(0, new int[] {5}, AdapterMix.NONE))
                    .hasMessageContaining("expected from 1 to 0");
            session.reserve(1, 40 + RowInputs.ROWS - 1);
            session.read(0, text(40, 1), 0, 40, 39);
            assertThatThrownBy(() -> session.readRows(0, new int[] {5}, AdapterMix.NONE))
                    .hasMessageContaining("after 40 in a slot of 43");
        }
    }

    private static int[] text(int length, int first) {
        return IntStream.range(0, length).map(i -> 3 + (first + i * 7) % 50).toArray();
    }

    private static float[][] rows(DecoderSession session, Logits logits, int count) {
        float[][] rows = new float[count][session.vocabularySize()];
        for (int row = 0; row < count; row++) {
            logits.get(row * rows[row].length, rows[row]);
        }
        return rows;
    }

    private static DecoderSession open(String name, Precision precision, boolean rows) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name))) {
            return DecoderSession.open(
                    Architecture.of(checkpoint)
                            .graph(checkpoint, precision, ElementType.FLOAT, 96, AdapterInputs.NONE, rows),
                    2);
        }
    }
}
