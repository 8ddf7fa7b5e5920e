package dev.llmadapt.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.benchmarks.Gsm8k.Problem;
import dev.llmadapt.benchmarks.Gsm8kJournal.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class Gsm8kTest {
    @TempDir
    Path folder;

    @Test
    void answer_texts_isTheLastNumber() {
        Map.of(
                        "She makes 9 * 2 = $18 every day.", "18",
                        "so \\(\\boxed{1,234.50}\\).", "1234.50",
                        "10 - 3 = 7", "7",
                        "it is -7", "-7",
                        "5-7", "7",
                        "x = .5", ".5",
                        "#### 70000", "70000",
                        "costs \u20ac3 a day", "3")
                .forEach((text, number) -> assertThat(Gsm8k.answer(text).map(Object::toString))
                        .as(text)
                        .contains(new java.math.BigDecimal(number).toString()));
        assertThat(Gsm8k.answer("none at all")).isEmpty();
    }

    @Test
    void right_sameNumberInOtherWords_isRight() {
        Problem problem = new Problem("How much?", "2*9=<<2*9=18>>18\n#### 18");
        assertThat(Gsm8k.right(problem, "18.00 dollars")).isTrue();
        assertThat(Gsm8k.right(problem, "18 or 19")).isFalse();
        assertThat(Gsm8k.right(problem, "")).isFalse();
        assertThat(Gsm8k.checked(List.of(problem))).contains("all 1 solutions");
        assertThatThrownBy(() -> Gsm8k.checked(List.of(new Problem("", "#### 18 of 20"))))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void draw_fewer_areTheFirstOfMore() {
        assertThat(Gsm8k.draw(100, 50, 3)).startsWith(Gsm8k.draw(100, 10, 3).toArray(Integer[]::new));
        assertThat(Gsm8k.draw(5, 9, 3)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void journal_openedAgain_hasWhatWasWrittenAndRefusesOtherSettings() throws IOException {
        Path file = folder.resolve("journal.jsonl");
        Entry entry = new Entry("zero-shot", 7, "18", 10, 2, 0.5);
        Gsm8kJournal.open(file, "seed=0").add(List.of(entry));
        Files.writeString(file, "{\"strategy\":\"zero-sh", StandardOpenOption.APPEND);

        Gsm8kJournal again = Gsm8kJournal.open(file, "seed=0");
        assertThat(again.has("zero-shot", 7)).isTrue();
        assertThat(again.get("zero-shot", 7)).isEqualTo(entry);
        assertThat(again.has("free", 7)).isFalse();
        assertThatThrownBy(() -> Gsm8kJournal.open(file, "seed=1")).hasMessageContaining("of other settings");
    }
}
