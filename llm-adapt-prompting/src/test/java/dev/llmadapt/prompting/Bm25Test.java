package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class Bm25Test {
    @Test
    void scores_smallCorpus_equalHandComputedValues() {
        // N = 3, |D| = 2, 3, 4, avgdl = 3, k1 = 1.2, b = 0.75
        Bm25 bm25 = new Bm25(List.of("red apple", "green apple apple", "one two three four"));

        // apple: n = 2, idf = ln(1 + 1.5 / 2.5) = ln 1.6 = 0.470004
        // text 0: f = 1, norm = 0.25 + 0.75 * 2/3 = 0.75, 2.2 / 1.9 = 1.157895
        // text 1: f = 2, norm = 0.25 + 0.75 = 1,          4.4 / 3.2 = 1.375
        assertThat(bm25.scores("apple"))
                .containsExactly(new double[] {0.470004 * 1.157895, 0.470004 * 1.375, 0}, within(1e-6));
        // red: n = 1, idf = ln(1 + 2.5 / 1.5) = ln(8/3) = 0.980829
        assertThat(bm25.scores("red apple"))
                .containsExactly(new double[] {(0.980829 + 0.470004) * 1.157895, 0.470004 * 1.375, 0}, within(1e-6));
        // four: n = 1; text 2: f = 1, norm = 0.25 + 0.75 * 4/3 = 1.25, 2.2 / 2.5 = 0.88
        assertThat(bm25.scores("Four?")).containsExactly(new double[] {0, 0, 0.980829 * 0.88}, within(1e-6));
    }

    @Test
    void scores_wordTwiceInTheQuery_countsTwice() {
        Bm25 bm25 = new Bm25(List.of("red apple", "green pear"));

        assertThat(bm25.scores("apple apple")[0]).isCloseTo(2 * bm25.scores("apple")[0], within(1e-12));
    }

    @Test
    void scores_nothingToCompare_isZero() {
        assertThat(new Bm25(List.of()).scores("apple")).isEmpty();
        assertThat(new Bm25(List.of("", "...")).scores("apple")).containsExactly(0, 0);
        assertThat(new Bm25(List.of("apple")).scores("")).containsExactly(0);
    }

    @Test
    void words_mixedText_areRunsOfLettersAndDigits() {
        assertThat(Bm25.words("It's 3rd-rate, ÜBER-cool: 漢字x"))
                .containsExactly("it", "s", "3rd", "rate", "über", "cool", "漢", "字", "x");
    }
}
