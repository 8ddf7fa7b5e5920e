package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceTextTest {
    @Test
    void add_piecesOfTheChoice_areGivenOutAtOnce() {
        ChoiceText text = new ChoiceText(ChoiceTrie.of(
                List.of("not sure", "not", "yes"), List.of(new int[] {1, 2}, new int[] {1}, new int[] {3, 4})));
        assertThat(text.rest()).isEmpty();
        assertThat(text.add(1, "not")).isEqualTo("not");
        assertThat(text.holds()).isFalse();
        assertThat(text.rest()).as("may end or go on").isEmpty();
        assertThat(text.add(2, " sure")).isEqualTo(" sure");
        assertThat(text.finish()).isEmpty();
    }

    @Test
    void add_tokenizerThatWritesAnotherText_addsUpToTheChoice() {
        ChoiceText text =
                new ChoiceText(ChoiceTrie.of(List.of(" Yes, sir ", " No"), List.of(new int[] {1, 2}, new int[] {3})));
        assertThat(text.add(1, "yes")).as("without the blank, in small letters").isEmpty();
        assertThat(text.holds()).isTrue();
        assertThat(text.rest()).containsExactly(2);
        assertThat(text.add(2, ", sir")).isEmpty();
        assertThat(text.finish()).isEqualTo(" Yes, sir ");
    }

    @Test
    void add_lastTokenOfAChoiceThatIsTheBeginningOfAnother_waitsForItsEnd() {
        ChoiceText text =
                new ChoiceText(ChoiceTrie.of(List.of("no ", "no way"), List.of(new int[] {1}, new int[] {1, 2})));
        assertThat(text.add(1, "no")).isEqualTo("no");
        assertThat(text.holds()).as("its blank may follow").isTrue();
        assertThat(text.finish()).isEqualTo(" ");
    }

    @Test
    void add_choicesThatDifferInHalfACharacter_givesOutNoHalf() {
        ChoiceText text = new ChoiceText(
                ChoiceTrie.of(List.of("\uD83D\uDE00", "\uD83D\uDE01"), List.of(new int[] {1, 2}, new int[] {1, 3})));
        assertThat(text.add(1, "\uD83D\uDE00")).isEmpty();
        assertThat(text.add(3, "")).isEmpty();
        assertThat(text.finish()).isEqualTo("\uD83D\uDE01");
    }
}
