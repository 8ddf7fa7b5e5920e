package dev.llmadapt.peft.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.peft.Golden;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What adapters of every kind do to a base, against PEFT's numbers. */
class EffectReaderTest {
    static List<String> names() {
        return AdapterGolden.names(true);
    }

    @ParameterizedTest
    @MethodSource("names")
    void effect_ofEveryKind_givesTheLogitsOfPeft(String name) {
        AdapterGolden golden = AdapterGolden.read(name);
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(golden.base()))) {
            StoredAdapter stored = PeftFolder.read(AdapterGolden.folder(name));
            AdapterEffect effect = stored.effect(name, BaseModules.of(checkpoint));
            ReferenceLlama adapted = new ReferenceLlama(checkpoint, effect);
            ReferenceLlama base = new ReferenceLlama(checkpoint, ReferenceLlama.noEffect());
            for (AdapterGolden.Case prompt : golden.cases()) {
                double[] logits = adapted.lastLogits(prompt.prompt());
                assertThat(difference(logits, prompt.logits())).as(name).isLessThan(2e-5);
                assertThat(difference(base.lastLogits(prompt.prompt()), prompt.logits()))
                        .as("the base differs")
                        .isGreaterThan(0.01);
            }
        }
    }

    private static double difference(double[] logits, float[] golden) {
        assertThat(logits).hasSize(golden.length);
        double worst = 0;
        for (int i = 0; i < golden.length; i++) {
            worst = Math.max(worst, Math.abs(logits[i] - golden[i]));
        }
        return worst;
    }
}
