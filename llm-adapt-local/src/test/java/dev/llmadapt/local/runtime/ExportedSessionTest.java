package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.ExportedDecoder;
import dev.llmadapt.local.architecture.ExportedGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.Safetensors;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real exports of the tiny checkpoint against transformers and peft; see {@code make_exported.py}. */
class ExportedSessionTest {
    private static final String A = ".lora_A.weight";
    private static final double TOLERANCE = 1e-4;
    private static final String INT4 = "genai-int4/model.onnx";

    /** What transformers and peft computed, by position. */
    private record Recorded(
            int[] prompt, Map<Integer, float[]> lora, Map<Integer, float[]> int4, Map<Integer, float[]> int4Lora) {}

    private record Cases(List<Recorded> cases) {}

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void read_wholePrompt_givesTransformersLogits(String file) throws IOException {
        try (DecoderSession session = open(file, AdapterInputs.NONE)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read("tiny-llama").cases()) {
                session.truncate(0, 0);
                Logits logits = session.read(0, golden.prompt(), 0, golden.prompt().length, 0);
                golden.logits().forEach((position, expected) -> assertClose(row(session, logits, position), expected));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void read_inChunks_givesTransformersLogits(String file) throws IOException {
        try (DecoderSession session = open(file, AdapterInputs.NONE)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read("tiny-llama").cases()) {
                int[] prompt = golden.prompt();
                for (int chunk : new int[] {1, 5, 16}) {
                    session.truncate(0, 0);
                    for (int from = 0; from < prompt.length; from += chunk) {
                        int to = Math.min(prompt.length, from + chunk);
                        float[] expected = golden.logits().get(to - 1);
                        Logits logits = session.read(0, prompt, from, to, to - 1);
                        if (expected != null) {
                            assertClose(row(session, logits, 0), expected);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void step_byStep_givesTransformersLogitsAndGreedyTokens(String file) throws IOException {
        try (DecoderSession session = open(file, AdapterInputs.NONE)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read("tiny-llama").cases()) {
                session.truncate(0, 0);
                for (int position = 0; position < golden.prompt().length; position++) {
                    Logits logits = session.step(new int[] {golden.prompt()[position]});
                    float[] expected = golden.logits().get(position);
                    if (expected != null) {
                        assertClose(row(session, logits, 0), expected);
                    }
                }
                session.truncate(0, 0);
                int length = golden.prompt().length;
                Logits logits = session.read(0, golden.prompt(), 0, length, length - 1);
                for (int expected : golden.greedy()) {
                    int id = mostLikely(row(session, logits, 0));
                    assertThat(id).isEqualTo(expected);
                    logits = session.step(new int[] {id});
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void step_raggedBatchInWhichRowsPause_givesEachRowWhatItGetsAlone(String file) throws IOException {
        Golden golden = Golden.read("tiny-llama");
        int n = golden.cases().size();
        try (DecoderSession session = open(file, AdapterInputs.NONE)) {
            int[] next = new int[n];
            int[] done = new int[n];
            for (int slot = 0; slot < n; slot++) {
                session.reserve(slot + 1, 80 + slot);
                int[] prompt = golden.cases().get(slot).prompt();
                Logits logits = session.read(slot, prompt, 0, prompt.length, prompt.length - 1);
                next[slot] = mostLikely(row(session, logits, 0));
            }
            for (int step = 0; step < 20; step++) {
                int[] ids = new int[n];
                for (int slot = 0; slot < n; slot++) {
                    boolean pauses = done[slot] == 11 || (step + slot) % 5 == 0;
                    ids[slot] = pauses ? -1 : next[slot];
                }
                Logits logits = session.step(ids);
                for (int slot = 0; slot < n; slot++) {
                    if (ids[slot] >= 0) {
                        done[slot]++;
                        next[slot] = mostLikely(row(session, logits, slot));
                        assertThat(next[slot])
                                .as("slot %d, step %d", slot, step)
                                .isEqualTo(golden.cases().get(slot).greedy()[done[slot]]);
                    }
                }
            }
            assertThat(done).containsOnly(11);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void read_withLora_givesPeftsLogits(String file) throws IOException {
        PreparedAdapter lora = adapter();
        try (DecoderSession session = open(file, lora.inputs())) {
            session.reserve(1, 128);
            for (Recorded recorded : recorded()) {
                assertReads(session, recorded.prompt(), recorded.lora(), mix(lora), TOLERANCE);
            }
        }
    }

    @Test
    void read_fourBit_givesLogitsOfItsWeights() throws IOException {
        try (DecoderSession session = open(INT4, AdapterInputs.NONE)) {
            session.reserve(1, 128);
            for (Recorded recorded : recorded()) {
                assertReads(session, recorded.prompt(), recorded.int4(), AdapterMix.NONE, TOLERANCE);
            }
        }
    }

    @Test
    void read_fourBitWithLora_givesPeftsLogitsOnItsWeights() throws IOException {
        PreparedAdapter lora = adapter();
        try (DecoderSession session = open(INT4, lora.inputs())) {
            session.reserve(1, 128);
            for (Recorded recorded : recorded()) {
                assertReads(session, recorded.prompt(), recorded.int4Lora(), mix(lora), TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void step_adaptedAndBaseRowsMixed_giveEachWhatItGetsAlone(String file) throws IOException {
        PreparedAdapter lora = adapter();
        List<Recorded> cases = recorded();
        Golden base = Golden.read("tiny-llama");
        try (DecoderSession session = open(file, lora.inputs())) {
            int n = cases.size();
            session.reserve(2 * n, 128);
            int[] last = new int[2 * n];
            AdapterMix[] mixes = new AdapterMix[2 * n];
            for (int slot = 0; slot < 2 * n; slot++) {
                int[] prompt = cases.get(slot / 2).prompt();
                mixes[slot] = slot % 2 == 0 ? AdapterMix.NONE : mix(lora);
                last[slot] = prompt[prompt.length - 1];
                if (prompt.length > 1) {
                    session.read(slot, prompt, 0, prompt.length - 1, 0, mixes[slot]);
                }
            }
            Logits logits = session.step(last, Arrays.asList(mixes));
            for (int slot = 0; slot < 2 * n; slot++) {
                Recorded adapted = cases.get(slot / 2);
                int end = adapted.prompt().length - 1;
                float[] expected = slot % 2 == 0
                        ? base.cases().get(slot / 2).logitsAt(end)
                        : Objects.requireNonNull(adapted.lora().get(end));
                assertClose(row(session, logits, slot), expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "genai/model.onnx"})
    void step_withScalesAndLoraInOneBatch_givesWhatTheCheckpointDoes(String file) throws IOException {
        Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
        RandomEffects effects = new RandomEffects(base, 3);
        List<PreparedAdapter> adapters = List.of(
                PreparedAdapter.ofProducts("ia3", effects.ia3(), 32, 0, 320),
                PreparedAdapter.ofProducts("lora", effects.lora(3, false, RandomEffects.ALL_LINEAR), 32, 1, 320));
        AdapterInputs inputs = adapters.get(0).inputs().plus(adapters.get(1).inputs());
        assertThat(inputs.changes().values()).anyMatch(changes -> changes.contains(AdapterInputs.Change.INPUT_SCALE));
        AdapterMix both = new AdapterMix(
                List.of(new AdapterMix.Part(adapters.get(0), 0.5), new AdapterMix.Part(adapters.get(1), -2)));
        List<AdapterMix> mixes = List.of(mix(adapters.get(0)), AdapterMix.NONE, both, mix(adapters.get(1)));
        try (DecoderSession own =
                        DecoderSession.open(Architecture.of(base).graph(base, Precision.FP32, 256, inputs), 1);
                DecoderSession exported = open(file, inputs)) {
            List<Logits> logits = new ArrayList<>();
            for (TextSession session : List.of(own, exported)) {
                session.reserve(4, 64);
                for (int slot = 0; slot < 4; slot++) {
                    int[] prompt = recorded().get(1 + slot % 3).prompt();
                    session.read(slot, prompt, 0, prompt.length, prompt.length - 1, mixes.get(slot));
                }
                session.step(new int[] {5, 6, 7, 8}, mixes);
                logits.add(session.step(new int[] {9, 10, 11, 12}, mixes));
            }
            for (int slot = 0; slot < 4; slot++) {
                assertClose(row(exported, logits.get(1), slot), row(exported, logits.get(0), slot));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "genai/model.onnx"})
    void adopt_engineWithAdapters_goesOnFromWhatWasRead(String file) throws IOException {
        PreparedAdapter lora = adapter();
        Golden.Case golden = Golden.read("tiny-llama").cases().get(3);
        int half = golden.prompt().length / 2;
        int end = golden.prompt().length;
        try (DecoderSession session = open(file, AdapterInputs.NONE)) {
            session.reserve(1, 128);
            session.read(0, golden.prompt(), 0, half, half - 1);
            session.step(new int[] {golden.prompt()[half]});
            session.adopt(Engine.open(graph(file, lora.inputs()), Execution.of(1)));
            assertThat(session.adapterInputs()).isEqualTo(lora.inputs());
            for (int i = half + 1; i < end - 1; i++) {
                session.step(new int[] {golden.prompt()[i]});
            }
            Logits logits = session.step(new int[] {golden.prompt()[end - 1]}, List.of(AdapterMix.NONE));
            assertClose(row(session, logits, 0), golden.logitsAt(end - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimum/model.onnx", "optimum/no-positions.onnx", "genai/model.onnx"})
    void readAndStep_overTheDevicesInterface_giveTransformersLogits(String file) throws IOException {
        Golden golden = Golden.read("tiny-llama");
        int n = golden.cases().size();
        try (DecoderSession session =
                DecoderSession.open(graph(file, AdapterInputs.NONE), Execution.of(1), new HostMemory())) {
            session.reserve(n, 128);
            int[] last = new int[n];
            for (int slot = 0; slot < n; slot++) {
                int[] prompt = golden.cases().get(slot).prompt();
                last[slot] = prompt[prompt.length - 1];
                if (prompt.length > 1) {
                    session.read(slot, prompt, 0, prompt.length - 1, 0);
                }
            }
            Logits logits = session.step(last);
            for (int slot = 0; slot < n; slot++) {
                Golden.Case each = golden.cases().get(slot);
                assertClose(row(session, logits, slot), each.logitsAt(each.prompt().length - 1));
            }
        }
    }

    private static void assertReads(
            DecoderSession session, int[] prompt, Map<Integer, float[]> expected, AdapterMix mix, double tolerance) {
        session.truncate(0, 0);
        Logits logits = session.read(0, prompt, 0, prompt.length, 0, mix);
        assertThat(expected).isNotEmpty();
        expected.forEach((position, values) ->
                assertThat(row(session, logits, position)).containsExactly(values, within((float) tolerance)));
    }

    private static AdapterMix mix(PreparedAdapter adapter) {
        return new AdapterMix(Collections.singletonList(new AdapterMix.Part(adapter, 1)));
    }

    private static PreparedAdapter adapter() {
        Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
        Map<String, WeightTensor> tensors =
                Safetensors.read(Golden.folder("exported/adapter").resolve("adapter_model.safetensors"));
        Map<String, LowRank> updates = new HashMap<>();
        tensors.forEach((key, a) -> {
            if (key.endsWith(A)) {
                String module = key.substring("base_model.model.".length(), key.length() - A.length());
                WeightTensor b = Objects.requireNonNull(tensors.get(key.replace(A, ".lora_B.weight")), key);
                double scaling = 6.0 / 4; // alpha over rank, as its adapter_config.json says
                updates.put(
                        module,
                        new LowRank(
                                a.rowLength(),
                                b.rows(),
                                a.rows(),
                                a.toFloats(),
                                b.toFloats(),
                                scaling,
                                Optional.empty(),
                                Optional.empty()));
            }
        });
        AdapterEffect effect =
                new AdapterEffect(updates, Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
        return PreparedAdapter.of("lora", effect, base, 0, 1000);
    }

    private static List<Recorded> recorded() throws IOException {
        String json = Files.readString(Golden.folder("exported").resolve("golden.json"));
        return new Gson().fromJson(json, Cases.class).cases();
    }

    private static ExportedGraph graph(String file, AdapterInputs adapters) {
        ExportedDecoder.Facts facts = new ExportedDecoder.Facts("llama", 256, 1, 16, 320);
        return new ExportedDecoder(Golden.folder("exported/" + file), facts, Map.of()).graph(adapters);
    }

    private static DecoderSession open(String file, AdapterInputs adapters) {
        return DecoderSession.open(graph(file, adapters), 1);
    }

    private static float[] row(DecoderSession session, Logits logits, int row) {
        float[] values = new float[session.vocabularySize()];
        logits.get(row * values.length, values);
        return values;
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).containsExactly(expected, within((float) TOLERANCE));
    }

    private static int mostLikely(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
