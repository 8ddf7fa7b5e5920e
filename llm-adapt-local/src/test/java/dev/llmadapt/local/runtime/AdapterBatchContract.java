package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.AdapterPacking;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of every kind in one batch. */
abstract class AdapterBatchContract {
    private static final double TOLERANCE = 1e-4;
    private static final int STEPS = 6;

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama3"));
    private final LoadedAdapters loaded = new LoadedAdapters(base.config().vocabularySize());
    private final RandomEffects effects = new RandomEffects(base, 11);

    @ParameterizedTest
    @ValueSource(ints = {0, 8}) // few stand side by side, many with adapters of their own are gathered
    void step_mixedBatch_givesEachRowWhatItGetsAlone(int own) {
        PreparedAdapter narrow = ready(effects.lora(4, false, List.of("q_proj", "v_proj")));
        PreparedAdapter wide = ready(effects.lora(6, false, RandomEffects.ALL_LINEAR));
        PreparedAdapter prompt = ready(effects.virtualTokens(5, false));
        List<AdapterMix> mixes = new ArrayList<>(List.of(
                AdapterMix.NONE,
                mix(narrow),
                mix(wide),
                mix(ready(effects.lora(3, true, List.of("k_proj", "o_proj", "down_proj")))),
                mix(ready(effects.ia3())),
                mix(prompt),
                mix(ready(effects.virtualTokens(7, true)), narrow),
                new AdapterMix(List.of(
                        new AdapterMix.Part(narrow, 0.5),
                        new AdapterMix.Part(wide, -1.25),
                        new AdapterMix.Part(prompt, 1)))));
        for (int i = 0; i < own; i++) {
            mixes.add(mix(ready(effects.lora(10, false, i % 2 == 0 ? List.of("up_proj") : RandomEffects.ALL_LINEAR))));
        }
        assertThat(AdapterPacking.groups(mixes)).hasSize(own == 0 ? 1 : mixes.size());
        float[][][] alone = new float[mixes.size()][][];
        try (TextSession session = open(inputs(mixes))) {
            for (int row = 0; row < mixes.size(); row++) {
                alone[row] = run(session, List.of(mixes.get(row)), row)[0];
            }
            float[][][] together = run(session, mixes, 0);
            for (int row = 0; row < mixes.size(); row++) {
                for (int step = 0; step < STEPS; step++) {
                    assertThat(together[row][step])
                            .as("row %d with %s, step %d", row, mixes.get(row), step)
                            .containsExactly(alone[row][step], within((float) TOLERANCE));
                }
            }
        }
        for (int row = 1; row < 7; row++) {
            assertThat(alone[row][0]).as("row %d", row).isNotEqualTo(alone[0][0]);
        }
    }

    @Test
    void step_gatheredRowsThatChange_giveWhatTheyGetAlone() {
        List<AdapterMix> mixes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            mixes.add(mix(ready(factors("", effects.lora(3, false, RandomEffects.ALL_LINEAR)))));
        }
        AdapterMix firstLayer = mix(ready(factors("layers.0.", effects.lora(3, false, RandomEffects.ALL_LINEAR))));
        List<AdapterMix> rows = new ArrayList<>(mixes.subList(0, 4));
        assertThat(AdapterPacking.groups(rows)).hasSize(rows.size());
        try (TextSession session = open(inputs(mixes));
                TextSession other = open(inputs(mixes))) {
            run(session, rows, 0);
            AdapterMix[] next = {mixes.get(4), firstLayer, mixes.get(5)
            }; // in other layers, what was there is not heard
            for (int row = 0; row < next.length; row++) {
                rows.set(row, next[row]);
                int[] prompt = prompt(row);
                session.truncate(row, 0);
                session.read(row, prompt, 0, prompt.length, prompt.length - 1, next[row]);
                Logits logits = session.step(new int[] {20, 20, 20, 20}, rows);
                float[] alone = run(other, List.of(next[row]), row)[0][1];
                assertThat(row(session, logits, row)).as("row %d", row).containsExactly(alone, within((float)
                        TOLERANCE));
            }
        }
    }

    @Test
    void read_baseBesideLoadedAdapters_isTheBaseToTheBit() {
        AdapterInputs inputs = ready(effects.lora(4, true, RandomEffects.ALL_LINEAR))
                .inputs()
                .plus(ready(effects.ia3()).inputs());
        try (TextSession plain = open(AdapterInputs.NONE);
                TextSession adapted = open(inputs)) {
            assertThat(run(adapted, List.of(AdapterMix.NONE), 0)[0])
                    .isDeepEqualTo(run(plain, List.of(AdapterMix.NONE), 0)[0]);
        }
    }

    @Test
    void step_weightZero_isTheBase() {
        PreparedAdapter lora = ready(effects.lora(4, false, RandomEffects.ALL_LINEAR));
        try (TextSession session = open(lora.inputs())) {
            float[][] none = run(session, List.of(new AdapterMix(List.of(new AdapterMix.Part(lora, 0)))), 0)[0];
            float[][] plain = run(session, List.of(AdapterMix.NONE), 0)[0];
            for (int step = 0; step < STEPS; step++) {
                assertThat(none[step]).containsExactly(plain[step], within((float) TOLERANCE));
            }
        }
    }

    @Test
    void adopt_midText_goesOnWithTheText() {
        PreparedAdapter lora = ready(effects.lora(4, false, RandomEffects.ALL_LINEAR));
        PreparedAdapter ia3 = ready(effects.ia3());
        try (TextSession session = open(lora.inputs());
                TextSession other = open(lora.inputs())) {
            List<AdapterMix> mixes = List.of(mix(lora));
            float[][] expected = run(other, mixes, 0)[0];
            int[] prompt = prompt(0);
            session.reserve(1, 64);
            session.read(0, prompt, 0, prompt.length, prompt.length - 1, mixes.get(0));
            session.step(new int[] {20}, mixes);
            session.adopt(engine(graph(lora.inputs().plus(ia3.inputs()))));
            Logits logits = session.step(new int[] {21}, mixes);
            assertThat(row(session, logits, 0)).containsExactly(expected[2], within((float) TOLERANCE));
        }
    }

    /** The factors alone, of the modules with a part in their path. */
    private static AdapterEffect factors(String part, AdapterEffect lora) {
        Map<String, LowRank> updates = new HashMap<>();
        lora.lowRank().forEach((module, update) -> {
            if (module.contains(part)) {
                updates.put(
                        module,
                        new LowRank(
                                update.in(),
                                update.out(),
                                update.rank(),
                                update.a(),
                                update.b(),
                                update.scaling(),
                                Optional.empty(),
                                Optional.empty()));
            }
        });
        return new AdapterEffect(updates, Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
    }

    private PreparedAdapter ready(AdapterEffect effect) {
        int tokens =
                effect.prefixTokens() + effect.prompt().length / base.config().hiddenSize();
        LoadedAdapters.Place place = loaded.reserve(tokens);
        return PreparedAdapter.of("a" + place.order(), effect, base, place.order(), place.firstVirtualId());
    }

    private static AdapterMix mix(PreparedAdapter... adapters) {
        return new AdapterMix(List.of(adapters).stream()
                .map(adapter -> new AdapterMix.Part(adapter, 1))
                .toList());
    }

    private static AdapterInputs inputs(List<AdapterMix> mixes) {
        return mixes.stream()
                .flatMap(mix -> mix.adapters().stream())
                .map(PreparedAdapter::inputs)
                .reduce(AdapterInputs.NONE, AdapterInputs::plus);
    }

    /** Logits after the prompt and some steps, by row; row i reads the prompt of row {@code first + i}. */
    private static float[][][] run(TextSession session, List<AdapterMix> mixes, int first) {
        int n = mixes.size();
        float[][][] logits = new float[n][STEPS][];
        session.reserve(n, 64);
        for (int row = 0; row < n; row++) {
            AdapterMix mix = mixes.get(row);
            int[] prompt = mix.promptIds(prompt(first + row));
            session.truncate(row, 0);
            session.preload(row, mix);
            logits[row][0] = row(
                    session, session.read(row, prompt, mix.prefixTokens(), prompt.length, prompt.length - 1, mix), 0);
        }
        for (int step = 1; step < STEPS; step++) {
            int[] ids = new int[n];
            for (int row = 0; row < n; row++) {
                ids[row] = 19 + step;
            }
            Logits all = session.step(ids, mixes);
            for (int row = 0; row < n; row++) {
                logits[row][step] = row(session, all, row);
            }
        }
        return logits;
    }

    private static int[] prompt(int row) {
        int[] ids = new int[3 + row % 5];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 30 + (7 * row + 13 * i) % 200;
        }
        return ids;
    }

    abstract TextSession open(DecoderGraph graph);

    abstract Engine engine(DecoderGraph graph);

    private TextSession open(AdapterInputs inputs) {
        return open(graph(inputs));
    }

    private DecoderGraph graph(AdapterInputs inputs) {
        return Architecture.of(base).graph(base, Precision.FP32, 128, inputs);
    }

    private static float[] row(TextSession session, Logits logits, int row) {
        float[] values = new float[session.vocabularySize()];
        logits.get(row * values.length, values);
        return values;
    }
}
