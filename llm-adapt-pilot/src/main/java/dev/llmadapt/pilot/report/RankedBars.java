package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;
import static dev.llmadapt.pilot.report.Html.percentage;

import dev.llmadapt.pilot.results.Measured;
import java.util.Locale;

/** The quality of all measured candidates as bars, the best first, with intervals and what they must beat. */
final class RankedBars {
    private RankedBars() {}

    static void write(StringBuilder page, Standings standings) {
        PilotReport report = standings.report();
        double least = report.needs().minimumQuality();
        double majority =
                report.task().baselines().map(PilotReport.Baselines::majority).orElse(-1.0);
        page.append("<section aria-labelledby=\"b\"><h2 id=\"b\">")
                .append(escape(capital(report.task().metric()) + " of each candidate"))
                .append("</h2><p class=\"about\">Lines are 95% intervals.")
                .append(
                        standings.ranked().stream().allMatch(standings::whole)
                                ? ""
                                : " Paler: measured on a part of the tests.");
        report.task()
                .baselines()
                .ifPresent(baselines -> page.append("<span class=\"key\"></span>")
                        .append(escape("always '" + Html.shortened(baselines.majorityLabel(), 30) + "': "
                                + Figures.percent(baselines.majority()))));
        if (least > 0) {
            page.append("<span class=\"key need\"></span>").append(escape("what you need: " + Figures.percent(least)));
        }
        page.append("</p><ol class=\"bars\">\n");
        for (Measured row : standings.ranked()) {
            boolean chosen = standings.choice().filter(row::equals).isPresent();
            page.append("<li class=\"")
                    .append(chosen ? "chosen" : standings.whole(row) ? "other" : "part")
                    .append("\"><span class=\"name\">")
                    .append(Html.name(row.strategy()))
                    .append("</span><span class=\"track\" aria-hidden=\"true\"><i class=\"fill\" style=\"width:")
                    .append(percentage(row.quality()))
                    .append("\"></i>");
            mark(page, "mark", majority);
            mark(page, "mark need", least > 0 ? least : -1);
            page.append("<i class=\"range\" style=\"left:")
                    .append(percentage(row.interval().low()))
                    .append(";width:")
                    .append(percentage(row.interval().high() - row.interval().low()))
                    .append("\"></i></span><span class=\"value\">")
                    .append(Figures.percent(row.quality()))
                    .append("</span></li>\n");
        }
        page.append("</ol></section>\n");
    }

    private static void mark(StringBuilder page, String css, double at) {
        if (at >= 0) {
            page.append("<i class=\"")
                    .append(css)
                    .append("\" style=\"left:")
                    .append(percentage(at))
                    .append("\"></i>");
        }
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
