package dev.llmadapt.peft.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.DataType;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.adapter.RandomEffects;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.DecoderSessionTest;
import dev.llmadapt.local.runtime.Logits;
import dev.llmadapt.peft.folder.AdapterGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is served beside a base is what is merged into it: every sort of change, of every kind of module, in every
 * family.
 */
class FamilyMergeTest {
    private static final MergeOptions FLOATS = MergeOptions.defaults().withType(DataType.F32);

    @TempDir
    Path temporary;

    static List<String> families() {
        return DecoderSessionTest.families();
    }

    static List<String> recorded() {
        return AdapterGolden.namesOfFamilies().stream()
                .filter(name -> !name.endsWith("-tuning"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("families")
    void served_anyChangeOfAnyModule_isWhatIsMerged(String family) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(family))) {
            int vocabulary = base.config().vocabularySize();
            int[] prompt = new Random(5).ints(12, 3, vocabulary).toArray();
            float[] plain = logits(base, AdapterMix.NONE, prompt);
            for (Map.Entry<String, AdapterEffect> each :
                    new RandomEffects(base, 21).each().entrySet()) {
                AdapterEffect effect = each.getValue();
                PreparedAdapter ready = PreparedAdapter.of(each.getKey(), effect, base, 0, vocabulary);
                float[] served = logits(base, new AdapterMix(List.of(new AdapterMix.Part(ready, 1))), prompt);
                assertThat(merged(base, each.getKey(), effect, prompt))
                        .as(each.getKey())
                        .containsExactly(served, within(1e-4f))
                        .isNotEqualTo(plain);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void merge_recordedAdapter_givesTheLogitsOfPeft(String name) {
        AdapterGolden golden = AdapterGolden.read(name);
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()))) {
            AdapterEffect effect = PeftFolder.read(AdapterGolden.folder(name)).effect(name, BaseModules.of(base));
            for (AdapterGolden.Case each : golden.cases()) {
                assertThat(merged(base, name + each.prompt().length, effect, each.prompt()))
                        .containsExactly(each.logits(), within(1e-4f));
            }
        }
    }

    private float[] merged(Checkpoint base, String name, AdapterEffect effect, int[] prompt) {
        Path target = temporary.resolve(name);
        Merging.write(base, List.of(new Merging.Part(name, effect, 1)), target, FLOATS, Progress.NONE);
        try (Checkpoint merged = Checkpoint.open(target)) {
            return logits(merged, AdapterMix.NONE, prompt);
        }
    }

    private static float[] logits(Checkpoint checkpoint, AdapterMix mix, int[] prompt) {
        AdapterInputs inputs = mix.adapters().isEmpty()
                ? AdapterInputs.NONE
                : mix.adapters().get(0).inputs();
        try (DecoderSession session =
                DecoderSession.open(Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, 64, inputs), 1)) {
            session.reserve(1, 64);
            Logits logits = session.read(0, prompt, 0, prompt.length, prompt.length - 1, mix);
            float[] values = new float[session.vocabularySize()];
            logits.get(0, values);
            return values;
        }
    }
}
