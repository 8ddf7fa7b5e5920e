package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterEffect;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine with adapters of every kind against Hugging Face PEFT. */
class AdapterGoldenTest {
    private static final float TOLERANCE = 1e-4f;

    static List<String> names() {
        return Stream.of(AdapterGolden.names(true), AdapterGolden.namesOfGpt2(), AdapterGolden.namesOfFamilies())
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void read_orReadAndStep_givesTheLogitsOfPeft(String name) {
        AdapterGolden golden = AdapterGolden.read(name);
        Checkpoint base = Checkpoint.open(Golden.folder(golden.base()));
        AdapterEffect effect = PeftFolder.read(AdapterGolden.folder(name)).effect(name, BaseModules.of(base));
        PreparedAdapter adapter =
                PreparedAdapter.of(name, effect, base, 0, base.config().vocabularySize());
        AdapterMix mix = new AdapterMix(List.of(new AdapterMix.Part(adapter, 1)));
        try (DecoderSession session =
                DecoderSession.open(Architecture.of(base).graph(base, Precision.FP32, 128, adapter.inputs()), 1)) {
            session.reserve(1, 64);
            for (AdapterGolden.Case each : golden.cases()) {
                int[] prompt = mix.promptIds(each.prompt());
                int length = prompt.length;
                session.preload(0, mix);
                Logits whole = session.read(0, prompt, mix.prefixTokens(), length, length - 1, mix);
                assertThat(row(session, whole)).as("read at once").containsExactly(each.logits(), within(TOLERANCE));
                session.preload(0, mix);
                session.read(0, prompt, mix.prefixTokens(), length - 1, length - 2, mix);
                Logits stepped = session.step(new int[] {prompt[length - 1]}, List.of(mix));
                assertThat(row(session, stepped))
                        .as("last token stepped")
                        .containsExactly(each.logits(), within(TOLERANCE));
            }
        }
    }

    private static float[] row(DecoderSession session, Logits logits) {
        float[] values = new float[session.vocabularySize()];
        logits.get(0, values);
        return values;
    }
}
