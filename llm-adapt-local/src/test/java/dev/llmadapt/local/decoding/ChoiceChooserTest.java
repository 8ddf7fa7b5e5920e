package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GenerationOptions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChoiceChooserTest {
    private static final ChoiceTrie CHOICES = ChoiceTrie.of(
            List.of("a b c d e", "a b x", "no", "no way"),
            List.of(new int[] {1, 2, 3, 4, 5}, new int[] {1, 2, 6}, new int[] {7}, new int[] {7, 8}));

    private static ChoiceChooser chooser(boolean everyToken) {
        Sampler sampler = new Sampler(GenerationOptions.defaults(), Set.of(), new int[0]);
        return new ChoiceChooser(CHOICES, sampler, Set.of(0), everyToken);
    }

    private static int choose(ChoiceChooser chooser, int wanted) {
        float[] logits = new float[10];
        logits[wanted] = 1;
        return chooser.choose(logits);
    }

    @Test
    void complete_oneChoiceLeft_needsNoMoreSteps() {
        ChoiceChooser chooser = chooser(false);
        assertThat(choose(chooser, 1)).isEqualTo(1);
        assertThat(chooser.complete()).isFalse();
        assertThat(chooser.forced(9)).as("what both go on with").containsExactly(2);
        assertThat(choose(chooser, 9)).as("the only token").isEqualTo(2);
        assertThat(choose(chooser, 3)).isEqualTo(3);
        assertThat(chooser.complete()).isTrue();
        assertThat(chooser.forced(9)).isEmpty();
    }

    @Test
    void complete_everyToken_isReadInOneRun() {
        ChoiceChooser chooser = chooser(true);
        choose(chooser, 1);
        choose(chooser, 2);
        choose(chooser, 3);
        assertThat(chooser.complete()).isFalse();
        assertThat(chooser.forced(9))
                .as("the last one is chosen from what is after 4")
                .containsExactly(4);
        assertThat(chooser.forced(0)).isEmpty();
        choose(chooser, 4);
        choose(chooser, 5);
        assertThat(chooser.complete()).isTrue();
    }

    @Test
    void choose_choiceThatIsTheBeginningOfAnother_mayEnd() {
        ChoiceChooser chooser = chooser(true);
        choose(chooser, 7);
        assertThat(chooser.complete()).isFalse();
        assertThat(chooser.forced(9)).as("it may end here").isEmpty();
        assertThat(choose(chooser, 0)).isEqualTo(Chooser.END);
    }
}
