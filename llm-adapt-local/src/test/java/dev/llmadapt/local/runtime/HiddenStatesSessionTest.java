package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.runtime.HiddenStatesSession.Row;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hidden states against transformers ({@code make_hidden_states.py}), and with adapters against the decoder. */
class HiddenStatesSessionTest {
    private static final float TOLERANCE = 2e-4f;
    private static final int CONTEXT = 128;

    private record States(int[] prompt, int from, int to, float[][] mean, float[][] last) {}

    static List<String> families() {
        return DecoderSessionContract.families();
    }

    @ParameterizedTest
    @MethodSource("families")
    void read_promptOfEachFamily_givesTransformersHiddenStates(String name) throws IOException {
        States golden;
        try (Reader reader = Files.newBufferedReader(Golden.folder("hidden_states.json"))) {
            Map<String, States> all = new Gson().fromJson(reader, new TypeToken<Map<String, States>>() {}.getType());
            golden = Objects.requireNonNull(all.get(name), name);
        }
        int[] prompt = golden.prompt();
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name));
                HiddenStatesSession session = open(checkpoint, AdapterInputs.NONE)) {
            float[][][] states = session.read(List.of(
                    new Row(prompt, golden.from(), golden.to(), AdapterMix.NONE),
                    new Row(prompt, prompt.length - 1, prompt.length, AdapterMix.NONE)));
            assertClose(states[0], golden.mean());
            assertClose(states[1], golden.last());
        }
    }

    @Test
    void read_adaptersOfEveryKindInOneBatch_givesTheStatesOfWhichTheDecoderMakesItsLogits() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"))) {
            RandomEffects random = new RandomEffects(base, 11);
            Map<String, AdapterEffect> effects = new LinkedHashMap<>();
            effects.put(
                    "base",
                    new AdapterEffect(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0));
            effects.put("lora", random.lora(6, false, RandomEffects.ALL_LINEAR));
            effects.put("dora", random.lora(3, true, List.of("k_proj", "o_proj", "down_proj")));
            effects.put("ia3", random.ia3());
            effects.put("prompt", random.virtualTokens(5, false));
            effects.put("lora embedding and head", random.each().get("lora embedding and head"));
            List<AdapterMix> mixes = new ArrayList<>();
            LoadedAdapters loaded = new LoadedAdapters(base.config().vocabularySize());
            effects.forEach((name, effect) -> {
                LoadedAdapters.Place place =
                        loaded.reserve(effect.virtualTokens(base.config().hiddenSize()));
                PreparedAdapter ready = PreparedAdapter.of(name, effect, base, place.order(), place.firstVirtualId());
                mixes.add(new AdapterMix(List.of(new AdapterMix.Part(ready, 1))));
            });
            AdapterInputs inputs = mixes.stream()
                    .map(mix -> mix.adapters().get(0).inputs())
                    .reduce(AdapterInputs.NONE, AdapterInputs::plus);
            List<Row> rows = new ArrayList<>();
            for (AdapterMix mix : mixes) { // of one length, virtual tokens among them
                int virtual = mix.promptIds(new int[0]).length;
                int[] ids = mix.promptIds(IntStream.range(10, 27 - virtual).toArray());
                rows.add(new Row(ids, 16, 17, mix));
            }
            DecoderGraph graph = Architecture.of(base).graph(base, Precision.FP32, CONTEXT, inputs);
            float[] head = base.tensor("lm_head.weight").toFloats();
            try (HiddenStatesSession session = open(base, inputs);
                    TextSession decoder = DecoderSession.open(graph, 1)) {
                decoder.reserve(1, CONTEXT);
                float[][][] together = session.read(rows);
                for (int i = 0; i < rows.size() - 1; i++) { // the last one's head is another
                    Row row = rows.get(i);
                    float[][] alone = session.read(List.of(row))[0];
                    assertClose(together[i], alone);
                    decoder.truncate(0, 0);
                    Logits logits = decoder.read(0, row.ids(), 0, 17, 16, row.mix());
                    float[] last = alone[alone.length - 1];
                    for (int id = 0; id < decoder.vocabularySize(); id++) {
                        double logit = 0;
                        for (int k = 0; k < last.length; k++) {
                            logit += (double) last[k] * head[id * last.length + k];
                        }
                        assertThat((float) logit)
                                .as("%s, token %d", row.mix().adapters().get(0), id)
                                .isCloseTo(logits.get(id), within(TOLERANCE * 5));
                    }
                    assertThat(i == 0 || distance(last, together[0][alone.length - 1]) > 0.1)
                            .as("%s acts", row.mix().adapters().get(0))
                            .isTrue();
                }
                assertThat(together[5][0]).isNotEqualTo(together[0][0]);
            }
        }
    }

    @Test
    void read_textsOfTwoLengths_isRefused() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("tiny-llama"));
                HiddenStatesSession session = open(checkpoint, AdapterInputs.NONE)) {
            Row three = new Row(new int[] {5, 6, 7}, 0, 3, AdapterMix.NONE);
            Row two = new Row(new int[] {5, 6}, 0, 2, AdapterMix.NONE);
            assertThatThrownBy(() -> session.read(List.of(three, two)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one length, got 3 and 2");
        }
    }

    private static HiddenStatesSession open(Checkpoint checkpoint, AdapterInputs inputs) {
        return HiddenStatesSession.open(
                Architecture.of(checkpoint)
                        .hiddenStates(checkpoint, Precision.FP32, ElementType.FLOAT, CONTEXT, inputs),
                Execution.of(1));
    }

    private static void assertClose(float[][] actual, float[][] expected) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int state = 0; state < expected.length; state++) {
            float largest = 1;
            for (float value : expected[state]) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(actual[state])
                    .as("state %d", state)
                    .containsExactly(expected[state], within(TOLERANCE * largest));
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum;
    }
}
