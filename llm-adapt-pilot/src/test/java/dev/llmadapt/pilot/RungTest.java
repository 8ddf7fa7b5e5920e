package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RungTest {
    @Test
    void all_manyExamples_goUpToAllOfThem() {
        assertThat(Rung.all(432, 60))
                .containsExactly(new Rung(16, 16), new Rung(64, 32), new Rung(256, 60), new Rung(432, 60));
    }

    @Test
    void all_fewExamplesOrTests_leaveOutWhatIsNotThere() {
        assertThat(Rung.all(64, 10)).containsExactly(new Rung(16, 10), new Rung(64, 10));
        assertThat(Rung.all(0, 5)).containsExactly(new Rung(0, 5));
    }
}
