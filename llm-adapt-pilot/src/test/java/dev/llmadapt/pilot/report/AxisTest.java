package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void shares_dataInAPart_areFitted() {
        Axis axis = Axis.shares(List.of(0.05, 0.3), 100, 0);
        assertThat(axis.low()).isBetween(0.03, 0.05);
        assertThat(axis.high()).isBetween(0.3, 0.33);
        assertThat(axis.place(0.05)).isLessThan(100).isGreaterThan(axis.place(0.3));
        assertThat(axis.ticks()).hasSizeBetween(3, 8).allMatch(tick -> tick >= axis.low() && tick <= axis.high());
    }

    @Test
    void logarithmic_anyRange_hasTicks() {
        for (List<Double> values :
                List.of(List.of(5.0), List.of(1e-7, 100.0), List.of(170.0, 232.0), List.of(1.0, 30.0))) {
            assertThat(Axis.logarithmic(values, 0, 100).ticks()).as("" + values).hasSizeBetween(2, 12);
        }
    }

    @Test
    void plain_tick_hasNoExponent() {
        assertThat(Axis.plain(1e-5)).isEqualTo("0.00001");
        assertThat(Axis.plain(0.30000000000000004)).isEqualTo("0.3");
        assertThat(Axis.plain(10_000)).isEqualTo("10,000");
    }
}
