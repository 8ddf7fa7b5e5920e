package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelLogitsTest {
    @Test
    void lossAndAccuracy_ofTwoTexts_areTheirMeans() {
        LabelLogits logits =
                new LabelLogits(List.of(new float[] {0, (float) Math.log(3)}, new float[] {1, 1}), List.of(0, 0));
        assertThat(logits.loss()).isCloseTo((Math.log(4) + Math.log(2)) / 2, within(1e-6));
        assertThat(logits.accuracy()).isEqualTo(0.5);
    }

    /** Labels drawn from the probabilities of logits that were then made three times as large. */
    @Test
    void temperature_ofLogitsThatAreTooSure_makesThemRight() {
        Random random = new Random(5);
        List<float[]> logits = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            double logit = 2 * random.nextGaussian();
            labels.add(random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
            logits.add(new float[] {0, (float) (3 * logit)});
        }
        assertThat(new LabelLogits(logits, labels).temperature()).isCloseTo(3, within(0.2));
    }

    @Test
    void temperature_ofTextsThatAreAllRight_isTheLeast() {
        assertThat(new LabelLogits(List.of(new float[] {0, 1}), List.of(1)).temperature())
                .isCloseTo(0.05, within(1e-3));
        assertThatThrownBy(() -> new LabelLogits(List.of(), List.of(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
