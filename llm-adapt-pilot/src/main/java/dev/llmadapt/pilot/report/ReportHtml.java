package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A report as one page that asks for nothing else: no script, no network (its content policy forbids both), plots as
 * SVG. It begins with the recommendation and the quality of all candidates; all that is long folds by {@code details},
 * so a keyboard and a screen reader get everywhere.
 */
public final class ReportHtml {
    private ReportHtml() {}

    /** The report as a page. */
    public static String write(PilotReport report) {
        Standings standings = Standings.of(report);
        StringBuilder main = new StringBuilder(1 << 16);
        main.append("<div class=\"first\">\n");
        VerdictCard.write(main, standings);
        if (!standings.ranked().isEmpty()) {
            RankedBars.write(main, standings);
        }
        main.append("</div>\n");
        MeasuredTables.write(main, standings);
        PlotSections.tradeOffs(main, standings);
        CostBars.write(main, standings);
        PlotSections.curves(main, standings);
        PlotSections.trust(main, standings);
        RiskSection.write(main, standings);
        Confusions.write(main, standings);
        ErrorBrowser.write(main, standings);
        PromptSection.write(main, standings);
        ReportHtmlTables.teachers(main, standings);
        ReportHtmlTables.field(main, report);
        Reproduction.write(main, report);
        StringBuilder page = new StringBuilder(main.length() + (1 << 14));
        head(page, report);
        page.append("<nav aria-label=\"Parts of the page\">");
        parts().forEach((id, title) -> {
            if (main.indexOf("<h2 id=\"" + id + "\"") >= 0) {
                page.append("<a href=\"#")
                        .append(id)
                        .append("\">")
                        .append(title)
                        .append("</a> ");
            }
        });
        return page.append("</nav></header>\n<main id=\"main\">\n")
                .append(main)
                .append("</main></body></html>\n")
                .toString();
    }

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("measured", "Measured");
        parts.put("plots", "Cost and time");
        parts.put("costs", "Costs of a month");
        parts.put("curves", "Learning curves");
        parts.put("trust", "Probabilities");
        parts.put("risks", "Risks");
        parts.put("labels", "Confusions");
        parts.put("answers", "Messages and answers");
        parts.put("prompts", "Prompts");
        parts.put("again", "Reproduce");
        return parts;
    }

    private static void head(StringBuilder page, PilotReport report) {
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                        + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                        + " style-src 'unsafe-inline'\">\n<title>")
                .append(escape("Pilot: " + report.task().name()))
                .append("</title><style>\n")
                .append(PageStyle.CSS)
                .append("</style></head><body>\n<a class=\"skip\" href=\"#main\">To the results</a>\n")
                .append("<header><h1>Which adaptation for ")
                .append(escape(report.task().name()))
                .append("?</h1><p class=\"about\">")
                .append(escape(report.modelText() + ", "
                        + (report.task().labels() == 0
                                ? "free text, "
                                : Figures.count(report.task().labels(), "label") + ", ")
                        + Figures.count(report.task().trainExamples(), "example") + " to learn from, "
                        + Figures.count(report.task().testExamples()) + " to measure on, "
                        + Figures.instant(report.started())))
                .append("</p>");
    }
}
