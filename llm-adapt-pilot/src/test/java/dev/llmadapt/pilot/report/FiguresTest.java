package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void time_anySize_hasTheUnitThatSuits() {
        assertThat(Figures.time(Duration.ZERO)).isEqualTo("0 ms");
        assertThat(Figures.time(Duration.ofNanos(2_000))).isEqualTo("<0.01 ms");
        assertThat(Figures.time(Duration.ofNanos(42_000))).isEqualTo("0.04 ms");
        assertThat(Figures.time(Duration.ofNanos(170_000))).isEqualTo("0.2 ms");
        assertThat(Figures.time(Duration.ofMillis(340))).isEqualTo("340 ms");
        assertThat(Figures.time(Duration.ofMillis(1_500))).isEqualTo("1.5 s");
        assertThat(Figures.time(Duration.ofSeconds(61))).isEqualTo("61 s");
        assertThat(Figures.time(Duration.ofMinutes(4))).isEqualTo("4.0 min");
        assertThat(Figures.time(Duration.ofHours(5))).isEqualTo("5.0 h");
    }

    @Test
    void cost_small_hasNoExponent() {
        assertThat(Figures.cost(0)).isEqualTo("0");
        assertThat(Figures.cost(7.2e-5)).isEqualTo("<0.0001");
        assertThat(Figures.cost(0.00034)).isEqualTo("0.00034");
        assertThat(Figures.cost(1_234)).isEqualTo("1,200");
    }

    @Test
    void bytes_andRates_areEmptyWhereNotMeasured() {
        assertThat(Figures.bytes(0)).isEmpty();
        assertThat(Figures.bytes(30_000)).isEqualTo("30 kB");
        assertThat(Figures.bytes(1_900_000)).isEqualTo("1.9 MB");
        assertThat(Figures.bytes(2_100_000_000L)).isEqualTo("2.1 GB");
        assertThat(Figures.rate(0)).isEmpty();
        assertThat(Figures.rate(6.87)).isEqualTo("6.87");
        assertThat(Figures.rate(1_234)).isEqualTo("1,234");
    }

    @Test
    void instant_isToTheMinute() {
        assertThat(Figures.instant(Instant.parse("2026-11-28T20:11:19.859139403Z")))
                .isEqualTo("2026-11-28 20:11 UTC");
    }

    @Test
    void paragraph_isBrokenBetweenWords() {
        assertThat(Paragraph.of("a bb ccc  dddddddd e", "- ", "  ", 8)).isEqualTo("- a bb\n  ccc\n  dddddddd\n  e\n");
    }
}
