package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.report.ScatterPlot.Point;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScatterPlotTest {
    private static final Interval ANY = new Interval(0, 1);

    @Test
    void front_isWhatNothingBeatsInBoth() {
        Point cheap = new Point("cheap", false, 1, 0.3, ANY);
        Point beaten = new Point("beaten", false, 2, 0.3, ANY);
        Point better = new Point("better", false, 3, 0.6, ANY);
        Point worse = new Point("worse", false, 4, 0.5, ANY);
        assertThat(ScatterPlot.front(List.of(worse, better, beaten, cheap))).containsExactly(cheap, better);
    }

    @Test
    void scatter_onePoint_hasNumbersEverywhere() {
        assertThat(ScatterPlot.draw("a", "t", "x", List.of(new Point("<&", false, 5, 0.5, ANY))))
                .contains("role=\"img\"", "&lt;&amp;")
                .doesNotContain("NaN", "Infinity", "<&");
    }
}
