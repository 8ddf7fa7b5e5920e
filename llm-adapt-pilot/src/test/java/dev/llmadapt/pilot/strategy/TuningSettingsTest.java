package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.PromptTuning;
import dev.llmadapt.peft.Tuning;
import java.util.List;
import org.junit.jupiter.api.Test;

class TuningSettingsTest {
    @Test
    void of_settings_areThoseOfTheTuning() {
        LoraTuning plain = LoraTuning.defaults();
        LoraTuning set = (LoraTuning)
                TuningSettings.parse("rate=2.5e-4 rank=4 steps=120").of(plain);
        assertThat(set.options().optimization().learningRate()).isEqualTo(2.5e-4);
        assertThat(set.options().learning().steps(10_000)).isEqualTo(120);
        assertThat(set.config().rank()).isEqualTo(4);
        assertThat(set.config().alpha() / 4)
                .as("the scale of an update")
                .isEqualTo(plain.config().alpha() / plain.config().rank());
        assertThat(((PromptTuning) TuningSettings.parse("tokens=3").of(PromptTuning.defaults())).virtualTokens())
                .isEqualTo(3);
        assertThat(TuningSettings.parse("steps=7").of(plain).options().optimization())
                .isEqualTo(plain.options().optimization());
    }

    @Test
    void found_anyTuning_isReadAgainAsTheSame() {
        for (String name : Tuning.names()) {
            Tuning tuning = Tuning.named(name);
            Tuning changed = tuning.withOptions(tuning.options()
                    .withLearningRate(tuning.options().optimization().learningRate() * 0.25)
                    .withMaxSteps(90));
            TuningSettings found = TuningSettings.found(changed);
            assertThat(TuningSettings.parse(found.text())).as(name).isEqualTo(found);
            assertThat(found.of(tuning)).as(name).isEqualTo(changed.withListener(tuning.listener()));
            assertThat(found.text()).as(name).doesNotContain("E").contains("rate=0.0", "steps=90");
        }
    }

    @Test
    void parse_settingsThatDoNotFit_areRefusedByName() {
        refuses("lora(rate=0)", "rate must be a number above 0, at most 1, got '0'");
        refuses("lora(rate=2)", "got '2'");
        refuses("lora(steps=0)", "steps must be a number from 1");
        refuses("lora(steps=10 steps=11)", "'steps' stands twice");
        refuses("lora(speed=3)", "settings are rate=NUMBER, rank=N or tokens=N, and steps=N");
        refuses("lora(tokens=3)", "'lora' has no virtual tokens, got tokens=3");
        refuses("prompt-tuning(rank=3)", "'prompt-tuning' has no rank, got rank=3");
        refuses("full-tuning(rank=3)", "'full-tuning' has no rank");
        refuses("lora(many)", "or settings such as rate=0.0004 steps=200, got 'many'");
        refuses("few-shot(steps=3)", "a number of examples from 1 to 1000, got 'steps=3'");
    }

    private static void refuses(String list, String message) {
        assertThatThrownBy(() -> StrategyCatalog.parse(list, 0))
                .as(list)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void with_settings_areWrittenWhereTheLayerThatTrainsStands() {
        assertThat(with("lora")).contains("lora(steps=9)");
        assertThat(with("rag(1)+prompt-tuning/scored")).contains("rag(1)+prompt-tuning(steps=9)/scored");
        for (String fixed :
                List.of("lora(3)", "lora(steps=5)", "words", "zero-shot", "features", "distil(zero-shot>lora)")) {
            assertThat(with(fixed)).as(fixed).isEmpty();
        }
    }

    private static List<String> with(String strategy) {
        Candidate candidate = Candidate.of(StrategyCatalog.parse(strategy, 0).get(0));
        assertThat(SettingsSearch.applies(candidate))
                .isEqualTo(SettingsSearch.with(candidate, "steps=9").isPresent());
        return SettingsSearch.with(candidate, "steps=9").stream()
                .map(Candidate::name)
                .toList();
    }
}
