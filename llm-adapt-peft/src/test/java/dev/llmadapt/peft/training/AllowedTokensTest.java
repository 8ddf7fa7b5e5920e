package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedTokensTest {
    private static final int END = 9;

    private final AllowedTokens allowed =
            new AllowedTokens(List.of(new int[] {1, 2}, new int[] {1, 2, 3}, new int[] {1, 4}, new int[] {5}), END);

    @Test
    void of_answer_goesOnAsTheLabelsDo() {
        assertThat(allowed.of(new int[] {1, 2, 3, END}))
                .containsExactly(new int[] {1, 5}, new int[] {2, 4}, new int[] {3, END}, new int[] {END});
        assertThat(allowed.of(new int[] {1, 2, END}))
                .containsExactly(new int[] {1, 5}, new int[] {2, 4}, new int[] {3, END});
        assertThat(allowed.of(new int[] {5, END})).containsExactly(new int[] {1, 5}, new int[] {END});
    }

    @Test
    void of_answerThatIsNoLabel_isRefused() {
        assertThatThrownBy(() -> allowed.of(new int[] {1, END}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one of the labels");
    }
}
