package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WordOverlapTest {
    private final WordOverlap overlap = new WordOverlap();

    @Test
    void score_caseArticlesAndAccents_doNotCount() {
        assertThat(overlap.score("The Café", "cafe.")).isEqualTo(1);
        assertThat(overlap.score("in 1815", "It was in 1815, I think")).isCloseTo(2 * 2.0 / (2 + 6), within(1e-12));
        assertThat(overlap.score("a b b", "b b b")).isCloseTo(2 * 2.0 / (2 + 3), within(1e-12));
        assertThat(overlap.score("yes", "no")).isZero();
        assertThat(overlap.score("", "")).isEqualTo(1);
        assertThat(overlap.score("x", "")).isZero();
    }
}
