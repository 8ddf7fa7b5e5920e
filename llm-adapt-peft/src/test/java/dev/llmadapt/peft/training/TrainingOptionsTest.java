package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TrainingOptionsTest {
    private final TrainingOptions options = TrainingOptions.defaults().withBatchSize(16);

    @Test
    void steps_fewTexts_areTheLeastSteps() {
        assertThat(options.learning().steps(42)).isEqualTo(TrainingOptions.DEFAULT_MIN_STEPS);
        assertThat(options.withMinSteps(0).withEpochs(3).learning().steps(42)).isEqualTo(9);
    }

    @Test
    void steps_manyTexts_areThoseOfTheEpochs() {
        assertThat(options.withEpochs(3).learning().steps(1_000)).isEqualTo(3 * 63);
    }

    @Test
    void steps_maxSteps_countsWhateverTheOthersSay() {
        assertThat(options.withMaxSteps(10).learning().steps(1_000)).isEqualTo(10);
        assertThat(options.withMaxSteps(500).learning().steps(42)).isEqualTo(500);
    }

    @Test
    void learning_negativeSteps_isRefused() {
        assertThatThrownBy(() -> options.withMinSteps(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minSteps must be at least 0, minSteps: -1");
        assertThatThrownBy(() -> options.withMaxSteps(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxSteps must be at least 0, maxSteps: -1");
    }

    /** Hours would pass before anybody noticed that the product is negative. */
    @Test
    void steps_moreThanAnIntegerHolds_isRefused() {
        assertThatThrownBy(
                        () -> options.withEpochs(Integer.MAX_VALUE).learning().steps(100))
                .isInstanceOf(ArithmeticException.class);
    }
}
