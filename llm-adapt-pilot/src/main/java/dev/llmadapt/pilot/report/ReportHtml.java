package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;
import static dev.llmadapt.pilot.report.Html.number;
import static dev.llmadapt.pilot.report.Html.percent;

import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Recommendation;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import java.util.ArrayList;
import java.util.List;

/**
 * A report as one page that asks for nothing else: no script, no network (its content policy forbids both), plots as
 * SVG. Everything folds by {@code details}, so a keyboard and a screen reader get everywhere.
 */
public final class ReportHtml {
    private static final String STYLE = """
            :root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1f;--soft:#5a5a66;--line:#d5d5de;--accent:#0b57d0;--card:#f6f6fa;--good:#146c2e;--bad:#b3261e;--c1:#0b57d0;--c2:#b3261e;--c3:#146c2e;--c4:#8f4a00;--c5:#7b1fa2}
            @media(prefers-color-scheme:dark){:root{--bg:#131316;--fg:#e6e6ea;--soft:#a9a9b5;--line:#3a3a44;--accent:#a8c7fa;--card:#1e1e23;--good:#6dd58c;--bad:#f2b8b5;--c1:#a8c7fa;--c2:#f2b8b5;--c3:#6dd58c;--c4:#ffb870;--c5:#d7b8ff}}
            *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
            main,header{max-width:88rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem;margin:.5rem 0}h2{margin-top:2rem;font-size:1.2rem}
            h1,h2,h3,p,li,summary,figcaption{overflow-wrap:anywhere}
            .verdict{background:var(--card);border-left:.4rem solid var(--accent);padding:1rem;border-radius:.3rem}
            .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
            th[scope=row],td.text,thead th:nth-child(-n+2),.words th{text-align:left}td.wrap{white-space:normal;min-width:12rem;text-align:left}
            tr.chosen{background:var(--card);font-weight:600}.about{color:var(--soft);margin:.3rem 0}
            caption,.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
            details{border:1px solid var(--line);border-radius:.3rem;margin:.5rem 0;padding:.5rem .8rem}summary{cursor:pointer}
            summary:focus-visible,a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
            pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);padding:.6rem;border-radius:.3rem;font-size:.85rem}
            figure{margin:0}svg{width:100%;height:auto;max-width:34rem;font:13px system-ui,sans-serif}svg text{fill:var(--fg)}
            .grid{stroke:var(--line)}.front{fill:none;stroke:var(--accent);stroke-width:2;stroke-dasharray:5 4}.whisker{stroke:var(--soft)}
            .point circle{fill:var(--bg);stroke:var(--soft);stroke-width:2}.leads circle{stroke:var(--accent);stroke-width:3}
            .curve{fill:none;stroke-width:2;stroke:var(--soft)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}.c5{stroke:var(--c5)}
            .right{color:var(--good)}.wrong{color:var(--bad)}
            .plots{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
            @media(max-width:40rem){th,td{padding:.3rem .35rem;font-size:.85rem}th[scope=row]{white-space:normal;overflow-wrap:anywhere;min-width:6.5rem}td.wrap{min-width:9rem}}
            """;

    /** The end of a table that {@link #head} began. */
    static final String END = "</tbody></table></div>\n";

    private ReportHtml() {}

    /** The report as a page. */
    public static String write(PilotReport report) {
        StringBuilder page = new StringBuilder(1 << 16);
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                        + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                        + " style-src 'unsafe-inline'\">\n<title>")
                .append(escape("Pilot: " + report.task().name()))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<a class=\"skip\" href=\"#main\">To the results</a>\n");
        page.append("<header><h1>Which adaptation for ")
                .append(escape(report.task().name()))
                .append("?</h1><p>")
                .append(escape(report.modelText() + ", "
                        + report.task().trainExamples() + " examples to learn from, "
                        + report.task().testExamples() + " to measure on, " + report.started()))
                .append("</p></header>\n<main id=\"main\">\n");
        verdict(page, report);
        table(page, report);
        plots(page, report);
        ReportHtmlTables.write(page, report);
        ReportHtmlAnswers.write(page, report);
        ReportHtmlTables.environment(page, report);
        return page.append("</main></body></html>\n").toString();
    }

    private static void verdict(StringBuilder page, PilotReport report) {
        Recommendation recommendation = report.recommendation();
        page.append(
                "<section class=\"verdict\" aria-labelledby=\"v\"><h2 id=\"v\" style=\"margin-top:0\">Recommendation</h2>");
        String[] lines = recommendation.text().split("\n", -1);
        page.append("<p><strong>").append(escape(lines[0])).append("</strong></p>");
        recommendation
                .runnerUp()
                .ifPresent(name ->
                        page.append("<p>Runner-up: ").append(escape(name)).append("</p>"));
        list(page, recommendation.reasons());
        if (!recommendation.wouldChange().isEmpty()) {
            page.append("<h3>What would change the answer</h3>");
            list(page, recommendation.wouldChange());
        }
        page.append("</section>\n");
    }

    /** Writes a list of texts. */
    static void list(StringBuilder page, List<String> items) {
        page.append("<ul>");
        items.forEach(item -> page.append("<li>").append(escape(item)).append("</li>"));
        page.append("</ul>");
    }

    private static void table(StringBuilder page, PilotReport report) {
        String choice = report.recommendation().choice().orElse("");
        String mark = report.recommendation().verdict() == Recommendation.Verdict.CERTAIN
                ? " (recommended)"
                : " (most likely)";
        head(
                page,
                "Measured",
                "One row for each candidate; its number stands in the plots, too. Quality is "
                        + report.task().metric() + ", with its 95% interval.",
                List.of(
                        "#",
                        "candidate",
                        report.task().metric(),
                        "95% interval",
                        "tests",
                        "learned from",
                        "median ms",
                        "p95 ms",
                        "answers/s",
                        "prompt tokens",
                        "output tokens",
                        "adapt s",
                        "kept MB",
                        "memory MB",
                        "cost/1000",
                        "month"));
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured measured) {
                Costs costs = Costs.of(measured, report.needs());
                page.append(measured.strategy().equals(choice) ? "<tr class=\"chosen\">" : "<tr>");
                cells(
                        page,
                        number,
                        measured.strategy() + (measured.strategy().equals(choice) ? mark : ""),
                        percent(measured.quality()),
                        percent(measured.interval().low()) + " to "
                                + percent(measured.interval().high()),
                        Integer.toString(measured.outcomes().size()),
                        Integer.toString(measured.details().trainExamples()),
                        number("%.0f", measured.latency().median().toNanos() / 1e6),
                        number("%.0f", measured.latency().p95().toNanos() / 1e6),
                        number("%.2f", measured.details().throughput()),
                        number("%.0f", measured.promptTokens()),
                        number("%.1f", measured.completionTokens()),
                        number("%.1f", measured.adaptTime().toNanos() / 1e9),
                        number("%.2f", measured.details().artifactBytes() / 1e6),
                        number("%.0f", measured.details().memoryBytes() / 1e6),
                        number("%.4f", costs.perThousand()),
                        number("%.2f", costs.month()));
            } else {
                String why = row instanceof Failed failed
                        ? "failed: " + failed.error()
                        : row instanceof RuledOut ruledOut ? "not tried: " + ruledOut.reason() : "";
                page.append("<tr><td>")
                        .append(number)
                        .append("</td><th scope=\"row\">")
                        .append(escape(row.strategy()))
                        .append("</th><td class=\"wrap\" colspan=\"14\">")
                        .append(escape(why))
                        .append("</td></tr>\n");
            }
        }
        page.append(END);
        List<String> left = new ArrayList<>();
        report.leftBehind().forEach((name, why) -> left.add(name + " went no further: " + why));
        if (!left.isEmpty()) {
            list(page, left);
        }
    }

    /** Begins a section with a table; whoever calls writes the rows and ends it with {@link #END}. */
    static void head(StringBuilder page, String title, String caption, List<String> columns) {
        page.append("<h2>")
                .append(escape(title))
                .append("</h2><p class=\"about\">")
                .append(escape(caption))
                .append("</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(escape(title))
                .append("\"><table><caption>")
                .append(escape(title))
                .append("</caption><thead><tr>");
        columns.forEach(column ->
                page.append("<th scope=\"col\">").append(escape(column)).append("</th>"));
        page.append("</tr></thead><tbody>\n");
    }

    /** Writes a row after its {@code tr}. */
    static void cells(StringBuilder page, int number, String name, String... cells) {
        page.append("<td>")
                .append(number)
                .append("</td><th scope=\"row\">")
                .append(escape(name))
                .append("</th>");
        for (String cell : cells) {
            page.append("<td>").append(escape(cell)).append("</td>");
        }
        page.append("</tr>\n");
    }

    private static void plots(StringBuilder page, PilotReport report) {
        List<SvgPlot.Point> costs = new ArrayList<>();
        List<SvgPlot.Point> latencies = new ArrayList<>();
        List<SvgPlot.Line> curves = new ArrayList<>();
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (!(row instanceof Measured measured)) {
                continue;
            }
            double cost = Math.max(Costs.of(measured, report.needs()).perThousand(), 1e-9);
            double millis = Math.max(measured.latency().median().toNanos() / 1e6, 1e-3);
            costs.add(new SvgPlot.Point(number, measured.strategy(), cost, measured.quality(), measured.interval()));
            latencies.add(
                    new SvgPlot.Point(number, measured.strategy(), millis, measured.quality(), measured.interval()));
            List<SvgPlot.Point> points = new ArrayList<>();
            for (CurvePoint point : measured.details().curve()) {
                points.add(new SvgPlot.Point(
                        number,
                        measured.strategy(),
                        Math.max(point.trainExamples(), 1),
                        point.quality(),
                        point.interval()));
            }
            if (points.size() > 1) {
                curves.add(new SvgPlot.Line(number, measured.strategy(), points));
            }
        }
        if (costs.isEmpty()) {
            return;
        }
        page.append(
                        "<h2>Plots</h2><p>The dashed line is the Pareto front: nothing else is both better and cheaper, or"
                                + " faster. Whiskers are 95% intervals.</p><div class=\"plots\"><figure aria-label=\"Quality against cost\">")
                .append(SvgPlot.scatter("cost", "Quality against cost", "price of 1000 requests", costs))
                .append("<figcaption>Quality against cost</figcaption></figure>")
                .append("<figure aria-label=\"Quality against latency\">")
                .append(SvgPlot.scatter("latency", "Quality against latency", "median milliseconds", latencies))
                .append("<figcaption>Quality against latency</figcaption></figure>");
        if (!curves.isEmpty()) {
            page.append("<figure aria-label=\"Learning curves\">")
                    .append(SvgPlot.lines("curve", "Learning curves", "examples to learn from", curves))
                    .append("<figcaption>Learning curves</figcaption></figure>");
        }
        page.append("</div>\n");
    }
}
