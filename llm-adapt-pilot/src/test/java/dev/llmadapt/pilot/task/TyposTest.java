package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TyposTest {
    private static final String TEXT = "My card hasn't arrived yet, where is it?";

    @Test
    void apply_sameTextAndSeed_isTheSame() {
        for (Typos kind : Typos.values()) {
            String first = kind.apply(TEXT, 3);
            assertThat(first).isNotEqualTo(TEXT);
            assertThat(kind.apply(TEXT, 3)).isEqualTo(first);
        }
        assertThat(List.of(1, 2, 3, 4, 5, 6).stream().map(seed -> Typos.SLIPS.apply(TEXT, seed)))
                .as("seeds")
                .doesNotContain(TEXT)
                .anyMatch(other -> !other.equals(Typos.SLIPS.apply(TEXT, 0)));
    }

    @Test
    void apply_slips_areAFewInWords() {
        for (int seed = 0; seed < 100; seed++) {
            String changed = Typos.SLIPS.apply(TEXT, seed);
            assertThat(changed.length()).isBetween(TEXT.length() - 5, TEXT.length() + 5);
            assertThat(changed.split(" ")).as(changed).hasSize(8);
            assertThat(changed).contains("My ", " yet", " is it?");
        }
    }

    @Test
    void apply_others_changeWhatTheySay() {
        assertThat(Typos.UPPER_CASE.apply("Wo ist die Straße?", 0)).isEqualTo("WO IST DIE STRASSE?");
        assertThat(Typos.NO_PUNCTUATION.apply(TEXT + " «¿Sí?»", 0))
                .isEqualTo("My card hasnt arrived yet where is it Sí");
    }

    @Test
    void apply_nothingToChange_isTheText() {
        for (String text : List.of("", " ", "?", "7", "...", "a", "\uD83D\uDE00", "\u5361")) {
            assertThat(Typos.SLIPS.apply(text, 1)).isEqualTo(text);
            assertThat(Typos.NO_PUNCTUATION.apply(text, 1)).isEqualTo(text);
        }
    }

    @Test
    void apply_anyText_neverBecomesBlank() {
        long seed = 17;
        Random random = new Random(seed);
        String letters = "abÄß ?!.,-1\u5361\uD83D\uDE00\n'";
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder("x".repeat(random.nextInt(3)));
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            for (Typos kind : Typos.values()) {
                String changed = kind.apply(text.toString(), i);
                assertThat(changed.isBlank())
                        .as("seed %d, %s of '%s': '%s'", seed, kind, text, changed)
                        .isEqualTo(text.toString().isBlank());
            }
        }
    }
}
