package dev.llmadapt.local.runtime;

import static dev.llmadapt.local.runtime.DecoderSessionContract.distance;
import static dev.llmadapt.local.runtime.DecoderSessionContract.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family on a CUDA GPU against transformers on the CPU; for machines with one: {@code -Dcuda=true}. */
class CudaTest {
    private static final int STEPS = 12;

    @BeforeEach
    void asked() {
        Assumptions.assumeTrue(Boolean.getBoolean("cuda"), "needs a CUDA GPU and -Dcuda=true");
    }

    static List<Arguments> families() {
        List<Arguments> all = new ArrayList<>();
        for (String family : DecoderSessionContract.families()) {
            if (!family.equals("tiny-phi3-short")) { // another context, nothing else
                for (DataType dtype : List.of(DataType.F16, DataType.BF16)) {
                    all.add(Arguments.of(family, dtype));
                }
            }
        }
        return all;
    }

    /** Of the logits' own size: what 11 and 8 significant bits leave after some layers. */
    private static double tolerance(DataType dtype) {
        return dtype == DataType.F16 ? 0.01 : 0.06;
    }

    @ParameterizedTest
    @MethodSource("families")
    void wholePromptAndSteps_areNearTransformers(String name, DataType dtype) throws IOException {
        try (TextSession session = open(name, Precision.AS_STORED, dtype, AdapterInputs.NONE)) {
            session.reserve(1, 128);
            for (Golden.Case golden : Golden.read(name).cases()) {
                int[] prompt = golden.prompt();
                session.truncate(0, 0);
                Logits logits = session.read(0, prompt, 0, prompt.length, 0);
                golden.logits().forEach((at, expected) -> assertNear(row(session, logits, at), expected, dtype));
                session.truncate(0, 0);
                for (int at = 0; at < prompt.length; at++) {
                    Logits step = session.step(new int[] {prompt[at]});
                    float[] expected = golden.logits().get(at);
                    if (expected != null) {
                        assertNear(row(session, step, 0), expected, dtype);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void raggedBatchThatGrows_givesEachRowWhatItGetsAlone(String name, DataType dtype) throws IOException {
        List<Golden.Case> cases = Golden.read(name).cases();
        int n = cases.size();
        try (TextSession session = open(name, Precision.AS_STORED, dtype, AdapterInputs.NONE);
                TextSession alone = open(name, Precision.AS_STORED, dtype, AdapterInputs.NONE)) {
            for (int slot = 0; slot < n; slot++) {
                session.reserve(slot + 1, 80 + slot);
                int[] prompt = cases.get(slot).prompt();
                session.read(slot, prompt, 0, prompt.length, prompt.length - 1);
            }
            float[][][] together = new float[STEPS][n][];
            for (int step = 0; step < STEPS; step++) {
                int[] ids = new int[n];
                for (int slot = 0; slot < n; slot++) {
                    ids[slot] = cases.get(slot).greedy()[step];
                }
                Logits logits = session.step(ids);
                for (int slot = 0; slot < n; slot++) {
                    together[step][slot] = row(session, logits, slot);
                }
            }
            alone.reserve(1, 128);
            for (int slot = 0; slot < n; slot++) {
                int[] prompt = cases.get(slot).prompt();
                alone.truncate(0, 0);
                alone.read(0, prompt, 0, prompt.length, prompt.length - 1);
                for (int step = 0; step < STEPS; step++) {
                    Logits logits = alone.step(new int[] {cases.get(slot).greedy()[step]});
                    assertNear(together[step][slot], row(alone, logits, 0), dtype);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void blocks_areNearTheSameBlocksOnTheCpu(Precision precision) throws IOException {
        Assumptions.assumeTrue(precision != Precision.FP32, "is for the CPU");
        Golden.Case golden = Golden.read("tiny-llama").cases().get(3);
        int[] prompt = golden.prompt();
        Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
        try (TextSession gpu = open("tiny-llama", precision, DataType.F16, AdapterInputs.NONE);
                TextSession cpu =
                        DecoderSession.open(Architecture.of(base).graph(base, precision, 256, AdapterInputs.NONE), 1)) {
            gpu.reserve(1, 128);
            cpu.reserve(1, 128);
            float[] expected = row(cpu, cpu.read(0, prompt, 0, prompt.length, prompt.length - 1), 0);
            float[] actual = row(gpu, gpu.read(0, prompt, 0, prompt.length, prompt.length - 1), 0);
            // the CPU rounds activations to 8 bits
            assertThat(distance(actual, expected)).isLessThan(0.05);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"F16", "BF16"})
    void adaptersInOneBatch_areNearTheCpu(DataType dtype) {
        Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"));
        LoadedAdapters loaded = new LoadedAdapters(base.config().vocabularySize());
        RandomEffects effects = new RandomEffects(base, 11);
        List<AdapterMix> mixes = new ArrayList<>(List.of(AdapterMix.NONE));
        AdapterInputs inputs = AdapterInputs.NONE;
        for (var effect : List.of(
                effects.lora(4, false, List.of("q_proj", "v_proj")),
                effects.lora(6, false, RandomEffects.ALL_LINEAR),
                effects.ia3())) {
            LoadedAdapters.Place place = loaded.reserve(0);
            PreparedAdapter ready =
                    PreparedAdapter.of("a" + place.order(), effect, base, place.order(), place.firstVirtualId());
            mixes.add(new AdapterMix(List.of(new AdapterMix.Part(ready, 1))));
            inputs = inputs.plus(ready.inputs());
        }
        try (TextSession gpu = open("tiny-llama3", Precision.AS_STORED, dtype, inputs);
                TextSession cpu =
                        DecoderSession.open(Architecture.of(base).graph(base, Precision.FP32, 256, inputs), 1)) {
            float[][] actual = logits(gpu, mixes);
            float[][] expected = logits(cpu, mixes);
            for (int row = 0; row < mixes.size(); row++) {
                assertNear(actual[row], expected[row], dtype);
            }
            assertThat(distance(actual[1], actual[0])).isGreaterThan(tolerance(dtype));
        }
    }

    private static float[][] logits(TextSession session, List<AdapterMix> mixes) {
        int n = mixes.size();
        session.reserve(n, 64);
        int[] ids = new int[n];
        for (int row = 0; row < n; row++) {
            int[] prompt = {30 + row, 7, 99, 120 + row};
            session.read(row, prompt, 0, prompt.length, prompt.length - 1, mixes.get(row));
            ids[row] = 40 + row;
        }
        Logits all = session.step(ids, mixes);
        float[][] rows = new float[n][];
        for (int row = 0; row < n; row++) {
            rows[row] = row(session, all, row);
        }
        return rows;
    }

    private static TextSession open(String name, Precision precision, DataType dtype, AdapterInputs adapters) {
        Checkpoint base = Checkpoint.open(Golden.folder(name));
        ElementType type = dtype == DataType.F16 ? ElementType.FLOAT16 : ElementType.BFLOAT16;
        try {
            return DecoderSession.open(
                    Architecture.of(base).graph(base, precision, type, 256, adapters),
                    Execution.of(2).withDevice(Device.cuda(0).withDtype(dtype)));
        } catch (InferenceException e) {
            throw new AssertionError(name + " in " + dtype + ": " + e.getMessage(), e);
        }
    }

    private static void assertNear(float[] actual, float[] expected, DataType dtype) {
        assertThat(distance(actual, expected)).isLessThan(tolerance(dtype));
    }
}
