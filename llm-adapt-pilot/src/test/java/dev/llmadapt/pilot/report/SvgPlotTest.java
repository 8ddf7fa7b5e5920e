package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.report.SvgPlot.Point;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.List;
import org.junit.jupiter.api.Test;

class SvgPlotTest {
    private static final Interval ANY = new Interval(0, 1);

    @Test
    void front_isWhatNothingBeatsInBoth() {
        Point cheap = new Point(1, "cheap", 1, 0.3, ANY);
        Point beaten = new Point(2, "beaten", 2, 0.3, ANY);
        Point better = new Point(3, "better", 3, 0.6, ANY);
        Point worse = new Point(4, "worse", 4, 0.5, ANY);
        assertThat(SvgPlot.front(List.of(worse, better, beaten, cheap))).containsExactly(cheap, better);
    }

    @Test
    void scatter_onePoint_hasNumbersEverywhere() {
        assertThat(SvgPlot.scatter("a", "t", "x", List.of(new Point(1, "<&", 5, 0.5, ANY))))
                .contains("role=\"img\"", "&lt;&amp;")
                .doesNotContain("NaN", "Infinity", "<&");
    }
}
