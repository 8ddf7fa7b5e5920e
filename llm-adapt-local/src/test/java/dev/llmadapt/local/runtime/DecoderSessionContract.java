package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A graph and a session of it against transformers, on the tiny checkpoints, in 32-bit floats. */
abstract class DecoderSessionContract {
    private static final double TOLERANCE = 1e-4;
    private static final int ORIGINAL = 128; // context of tiny-phi3-short, before its extension

    public static List<String> families() {
        return List.of(
                "tiny-llama",
                "tiny-llama3",
                "tiny-mistral",
                "tiny-qwen2",
                "tiny-qwen2-window",
                "tiny-qwen3",
                "tiny-phi3",
                "tiny-gemma2",
                "tiny-gemma3",
                "tiny-gpt2",
                "tiny-llama-odd",
                "tiny-qwen3-odd",
                "tiny-phi3-partial",
                "tiny-gpt2-odd",
                "tiny-qwen2-yarn",
                "tiny-phi3-short",
                "tiny-phi3-long");
    }

    @ParameterizedTest
    @MethodSource("families")
    void read_wholePrompt_givesTransformersLogits(String name) throws IOException {
        try (TextSession session = open(name, Precision.FP32)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read(name).cases()) {
                session.truncate(0, 0);
                Logits logits = session.read(0, golden.prompt(), 0, golden.prompt().length, 0);
                golden.logits().forEach((position, expected) -> assertClose(row(session, logits, position), expected));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void read_inChunks_givesTransformersLogits(String name) throws IOException {
        try (TextSession session = open(name, Precision.FP32)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read(name).cases()) {
                int[] prompt = golden.prompt();
                for (int chunk : new int[] {1, 5, 16}) {
                    session.truncate(0, 0);
                    for (int from = 0; from < prompt.length; from += chunk) {
                        int to = Math.min(prompt.length, from + chunk);
                        Logits logits = session.read(0, prompt, from, to, to - 1);
                        float[] expected = golden.logits().get(to - 1);
                        if (expected != null) {
                            assertClose(row(session, logits, 0), expected);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void step_byStep_givesTransformersLogitsAndGreedyTokens(String name) throws IOException {
        try (TextSession session = open(name, Precision.FP32)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read(name).cases()) {
                session.truncate(0, 0);
                for (int position = 0; position < golden.prompt().length; position++) {
                    Logits logits = session.step(new int[] {golden.prompt()[position]});
                    float[] expected = golden.logits().get(position);
                    if (expected != null) {
                        assertClose(row(session, logits, 0), expected);
                    }
                }
                session.truncate(0, 0);
                Logits logits = session.read(0, golden.prompt(), 0, golden.prompt().length, golden.prompt().length - 1);
                for (int expected : golden.greedy()) {
                    int id = mostLikely(row(session, logits, 0));
                    assertThat(id).isEqualTo(expected);
                    logits = session.step(new int[] {id});
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void step_raggedBatch_givesEachRowWhatItGetsAlone(String name) throws IOException {
        Golden golden = Golden.read(name);
        int n = golden.cases().size();
        try (TextSession session = open(name, Precision.FP32)) {
            int[] next = new int[n];
            for (int slot = 0; slot < n; slot++) {
                // a cache that grows in slots and length must keep what it holds
                session.reserve(slot + 1, 80 + slot);
                int[] prompt = golden.cases().get(slot).prompt();
                Logits logits = session.read(slot, prompt, 0, prompt.length, prompt.length - 1);
                next[slot] = mostLikely(row(session, logits, 0));
            }
            for (int step = 0; step < 12; step++) {
                for (int slot = 0; slot < n; slot++) {
                    assertThat(next[slot])
                            .as("slot %d, step %d", slot, step)
                            .isEqualTo(golden.cases().get(slot).greedy()[step]);
                }
                Logits logits = session.step(next);
                for (int slot = 0; slot < n; slot++) {
                    next[slot] = mostLikely(row(session, logits, slot));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void step_fromASlotOn_givesWhatTheFirstGets(String name) throws IOException {
        Golden golden = Golden.read(name);
        try (TextSession session = open(name, Precision.FP32)) {
            session.reserve(4, 80);
            float[][] alone = new float[2][];
            for (int i = 0; i < 2; i++) {
                int[] prompt = golden.cases().get(i).prompt();
                session.truncate(0, 0);
                session.read(0, prompt, 0, prompt.length, prompt.length - 1);
                alone[i] = row(session, session.step(new int[] {7 + i}), 0);
                session.truncate(2 + i, 0);
                session.read(2 + i, prompt, 0, prompt.length, prompt.length - 1);
            }
            int other = session.filled(0);
            Logits logits = session.step(2, new int[] {7, 8}, List.of(AdapterMix.NONE, AdapterMix.NONE));
            for (int i = 0; i < 2; i++) {
                assertClose(row(session, logits, i), alone[i]);
                assertThat(session.filled(2 + i))
                        .isEqualTo(golden.cases().get(i).prompt().length + 1);
            }
            assertThat(session.filled(0)).isEqualTo(other);
        }
    }

    @Test
    void step_slotLeftOut_keepsItsText() throws IOException {
        Golden golden = Golden.read("tiny-llama");
        try (TextSession session = open("tiny-llama", Precision.FP32)) {
            session.reserve(2, 128);
            int[] prompt = golden.cases().get(3).prompt();
            session.read(0, prompt, 0, prompt.length - 1, prompt.length - 2);
            session.read(1, prompt, 0, 5, 4);
            for (int i = 0; i < 10; i++) {
                session.step(new int[] {-1, 9});
            }
            Logits logits = session.step(new int[] {prompt[prompt.length - 1], -1});
            assertClose(row(session, logits, 0), golden.cases().get(3).logitsAt(prompt.length - 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"tiny-llama, INT8", "tiny-llama, INT4", "tiny-gpt2, INT8", "tiny-gpt2, INT4"})
    void read_quantized_staysNearFullPrecision(String name, Precision precision) throws IOException {
        Golden golden = Golden.read(name);
        double most = precision == Precision.INT8 ? 0.05 : 0.6; // relative to the spread of the logits
        try (TextSession session = open(name, precision)) {
            session.reserve(1, 128);
            for (Golden.Case each : golden.cases()) {
                session.truncate(0, 0);
                Logits logits = session.read(0, each.prompt(), 0, each.prompt().length, 0);
                each.logits()
                        .forEach((position, expected) -> assertThat(distance(row(session, logits, position), expected))
                                .as("%s at %d", precision, position)
                                .isLessThan(most));
            }
        }
    }

    @Test
    void reserve_beyondContext_isRefusedWithBothLengths() {
        try (TextSession session = open("tiny-llama", Precision.FP32)) {
            assertThatThrownBy(() -> session.reserve(1, 1000))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1000")
                    .hasMessageContaining("256");
        }
    }

    @Test
    void read_idOutsideVocabulary_isRefused() {
        try (TextSession session = open("tiny-llama", Precision.FP32)) {
            session.reserve(1, 16);
            assertThatThrownBy(() -> session.read(0, new int[] {5, 320}, 0, 2, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("320");
        }
    }

    @Test
    void close_twice_isFine() {
        TextSession session = open("tiny-llama", Precision.FP32);
        session.close();
        session.close();
    }

    abstract TextSession open(DecoderGraph graph);

    private TextSession open(String name, Precision precision) {
        Checkpoint checkpoint = Checkpoint.open(Golden.folder(name));
        int context = name.equals("tiny-phi3-short") ? ORIGINAL : 256;
        return open(Architecture.of(checkpoint).graph(checkpoint, precision, context, AdapterInputs.NONE));
    }

    static float[] row(TextSession session, Logits logits, int row) {
        float[] values = new float[session.vocabularySize()];
        logits.get(row * values.length, values);
        return values;
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).as("logit %d", i).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    static double distance(float[] actual, float[] expected) {
        double error = 0;
        double spread = 0;
        for (int i = 0; i < actual.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            spread += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / spread);
    }

    private static int mostLikely(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
