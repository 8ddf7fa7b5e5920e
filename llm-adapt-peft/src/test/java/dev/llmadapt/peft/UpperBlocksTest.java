package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpperBlocksTest {
    private static final AdapterConfig.Lora CONFIG = AdapterConfig.Lora.defaults();

    private static Targets upper(String model, Targets targets, double share) {
        try (Checkpoint base = Checkpoint.open(Golden.folder(model))) {
            return UpperBlocks.of(CONFIG.withTargets(targets), base, share).targets();
        }
    }

    @Test
    void of_allLinear_namesTheProjectionsOfTheUpperBlocks() {
        assertThat(upper("tiny-llama", Targets.matching("all-linear"), 0.5))
                .isEqualTo(new Targets(
                        List.of("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(1),
                        List.of()));
    }

    @Test
    void of_aSmallShare_leavesTheLastBlock() {
        assertThat(upper("tiny-llama", Targets.named(List.of("q_proj")), 0.01).layers())
                .containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.9})
    void of_allBlocks_isAsBefore(double share) {
        assertThat(upper("tiny-llama", Targets.matching("all-linear"), share))
                .isEqualTo(Targets.matching("all-linear"));
    }

    @Test
    void of_settingsThatNameBlocks_isAsBefore() {
        Targets first = new Targets(List.of("q_proj"), Optional.empty(), Optional.empty(), List.of(0), List.of());
        assertThat(upper("tiny-llama", first, 0.5)).isEqualTo(first);
        Targets pattern = Targets.matching(".*q_proj");
        assertThat(upper("tiny-llama", pattern, 0.5)).isEqualTo(pattern);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.1, Double.NaN})
    void withUpperBlocks_noShare_isRefused(double share) {
        assertThatThrownBy(() -> LoraHeadTuning.defaults().withUpperBlocks(share))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("upperBlocks must be above 0 and at most 1, upperBlocks: " + share);
    }
}
