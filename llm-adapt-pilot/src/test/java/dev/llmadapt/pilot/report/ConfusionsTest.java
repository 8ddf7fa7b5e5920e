package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.report.Confusions.Confusion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfusionsTest {
    private static final Confusions CONFUSIONS = new Confusions(Map.of(
            "lost", Map.of("lost", 5, "stolen", 7),
            "stolen", Map.of("stolen", 3, "lost", 1),
            "late", Map.of("late", 4)));

    @Test
    void largest_areNamedFirst() {
        assertThat(CONFUSIONS.largest().stream().map(Confusion::text))
                .containsExactly("lost → stolen: 7 of 12", "stolen → lost: 1 of 4");
    }

    @Test
    void hardest_isByRecall() {
        assertThat(CONFUSIONS.hardest()).isEqualTo(List.of("lost", "stolen", "late"));
        assertThat(CONFUSIONS.tests("lost")).isEqualTo(12);
        assertThat(CONFUSIONS.right("unknown")).isZero();
    }
}
