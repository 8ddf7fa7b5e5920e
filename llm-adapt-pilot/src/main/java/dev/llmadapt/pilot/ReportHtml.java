package dev.llmadapt.pilot;

import static dev.llmadapt.pilot.Html.escape;
import static dev.llmadapt.pilot.Html.number;
import static dev.llmadapt.pilot.Html.percent;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.pilot.PilotReport.CurvePoint;
import dev.llmadapt.pilot.PilotReport.Failed;
import dev.llmadapt.pilot.PilotReport.Measured;
import dev.llmadapt.pilot.PilotReport.Outcome;
import dev.llmadapt.pilot.PilotReport.Row;
import dev.llmadapt.pilot.PilotReport.RuledOut;
import dev.llmadapt.pilot.PilotReport.SentPrompt;
import dev.llmadapt.pilot.PilotReport.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A report as one page that asks for nothing else: no script, no network (its content policy forbids both), plots as SVG.
 * Everything folds by {@code details}, so a keyboard and a screen reader get everywhere.
 */
public final class ReportHtml {
    private static final int SHOWN_ERRORS = 200;
    private static final int CONFUSION_LABELS = 30;
    private static final String STYLE = """
            :root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1f;--soft:#5a5a66;--line:#d5d5de;--accent:#0b57d0;--card:#f6f6fa;--good:#146c2e;--bad:#b3261e}
            @media(prefers-color-scheme:dark){:root{--bg:#131316;--fg:#e6e6ea;--soft:#a9a9b5;--line:#3a3a44;--accent:#a8c7fa;--card:#1e1e23;--good:#6dd58c;--bad:#f2b8b5}}
            *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
            main,header{max-width:72rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem;margin:.5rem 0}h2{margin-top:2rem;font-size:1.2rem}
            .verdict{background:var(--card);border-left:.4rem solid var(--accent);padding:1rem;border-radius:.3rem}
            .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
            th[scope=row],td.text,th.text{text-align:left}td.wrap{white-space:normal;min-width:12rem;text-align:left}
            tr.chosen{background:var(--card);font-weight:600}caption{text-align:left;color:var(--soft);padding:.3rem 0}thead th:nth-child(-n+2){text-align:left}
            details{border:1px solid var(--line);border-radius:.3rem;margin:.5rem 0;padding:.5rem .8rem}summary{cursor:pointer}
            summary:focus-visible,a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
            pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);padding:.6rem;border-radius:.3rem;font-size:.85rem}
            figure{margin:0}svg{width:100%;height:auto;max-width:46rem;font:15px system-ui,sans-serif}svg text{fill:var(--fg)}
            .grid{stroke:var(--line)}.front{fill:none;stroke:var(--accent);stroke-width:2;stroke-dasharray:5 4}.whisker{stroke:var(--soft)}
            .point circle{fill:var(--bg);stroke:var(--soft);stroke-width:2}.leads circle{stroke:var(--accent);stroke-width:3}
            .curve{fill:none;stroke-width:2;stroke:var(--soft)}.c1{stroke:#0b57d0}.c2{stroke:#b3261e}.c3{stroke:#146c2e}.c4{stroke:#8f4a00}.c5{stroke:#7b1fa2}
            .right{color:var(--good)}.wrong{color:var(--bad)}.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
            .plots{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
            """;

    private ReportHtml() {}

    /** The page. */
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
                .append(escape(report.model().name() + " (" + report.model().precision() + "), "
                        + report.task().trainExamples() + " examples to learn from, "
                        + report.task().testExamples() + " to measure on, " + report.started()))
                .append("</p></header>\n<main id=\"main\">\n");
        verdict(page, report);
        table(page, report);
        plots(page, report);
        more(page, report);
        field(page, report);
        errors(page, report);
        prompts(page, report);
        environment(page, report);
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

    private static void list(StringBuilder page, List<String> items) {
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
                "One row for each candidate; the numbers stand in the plots, too. "
                        + report.task().metric() + " with its 95% interval.",
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
                        "per 1000",
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
                        number("%.1f", measured.details().artifactBytes() / 1e6),
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
        page.append("</tbody></table></div>\n");
    }

    private static void head(StringBuilder page, String title, String caption, List<String> columns) {
        page.append("<h2>")
                .append(escape(title))
                .append("</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(escape(title))
                .append("\"><table><caption>")
                .append(escape(caption))
                .append("</caption><thead><tr>");
        columns.forEach(column ->
                page.append("<th scope=\"col\">").append(escape(column)).append("</th>"));
        page.append("</tr></thead><tbody>\n");
    }

    private static void cells(StringBuilder page, int number, String name, String... cells) {
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
        page.append("<h2>Plots</h2><p>The dashed line is the Pareto front: nothing else is both better and cheaper, or"
                        + " faster. Whiskers are 95% intervals.</p><div class=\"plots\"><figure>")
                .append(SvgPlot.scatter("cost", "Quality against cost", "price of 1000 requests", costs))
                .append("<figcaption>Quality against cost</figcaption></figure><figure>")
                .append(SvgPlot.scatter("latency", "Quality against latency", "median milliseconds", latencies))
                .append("<figcaption>Quality against latency</figcaption></figure>");
        if (!curves.isEmpty()) {
            page.append("<figure>")
                    .append(SvgPlot.lines("curve", "Learning curves", "examples to learn from", curves))
                    .append("<figcaption>Learning curves</figcaption></figure>");
        }
        page.append("</div>\n");
    }

    private static void more(StringBuilder page, PilotReport report) {
        head(
                page,
                "Stability, freshness, break-even",
                "How many answers stay the same; what is answered about facts that came later, before and after the corpus"
                        + " was updated; from how many requests on it is cheaper than others that cost less to begin with.",
                List.of(
                        "#",
                        "candidate",
                        "paraphrase",
                        "other seed",
                        "rewording",
                        "news before",
                        "news after",
                        "cheaper than, from requests"));
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured measured) {
                PilotReport.Freshness fresh = measured.details().freshness();
                page.append("<tr>");
                StringBuilder breakEven = new StringBuilder();
                for (Measured other : report.measured()) {
                    if (!other.strategy().equals(measured.strategy())) {
                        OptionalLong from =
                                Costs.of(measured, report.needs()).breakEven(Costs.of(other, report.needs()));
                        if (from.isPresent()) {
                            breakEven
                                    .append(breakEven.isEmpty() ? "" : ", ")
                                    .append(other.strategy())
                                    .append(": ")
                                    .append(from.getAsLong());
                        }
                    }
                }
                cells(
                        page,
                        number,
                        measured.strategy(),
                        share(measured.details().stability().paraphrase()),
                        share(measured.details().stability().seed()),
                        share(measured.details().stability().rewording()),
                        fresh.questions() == 0 ? "not measured" : percent(fresh.before()),
                        fresh.questions() == 0 ? "not measured" : percent(fresh.after()),
                        breakEven.toString());
            }
        }
        page.append("</tbody></table></div>\n");
    }

    private static String share(Share share) {
        return share.of() == 0 ? "not measured" : share.same() + " of " + share.of();
    }

    private static void field(StringBuilder page, PilotReport report) {
        head(
                page,
                "What is said in general, and what was measured",
                "The table of the field; below it where this task's numbers say otherwise.",
                List.of("family", "there in", "cost", "customization", "data", "fit", "measured here"));
        Map<Family, String> best = FieldTable.measuredBest(report);
        for (FieldTable.Saying saying : FieldTable.sayings()) {
            page.append("<tr><th scope=\"row\">")
                    .append(escape(saying.family().title()))
                    .append("</th>");
            for (String cell : List.of(
                    saying.speed(),
                    saying.cost(),
                    saying.customization(),
                    saying.data(),
                    saying.fit(),
                    best.getOrDefault(saying.family(), "not measured"))) {
                page.append("<td class=\"wrap\">").append(escape(cell)).append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</tbody></table></div>\n");
        list(page, FieldTable.differences(report));
    }

    private static void errors(StringBuilder page, PilotReport report) {
        Map<String, Example> examples = new HashMap<>();
        report.task().test().forEach(example -> examples.put(example.id(), example));
        page.append("<h2>Errors</h2>\n");
        for (Measured row : report.measured()) {
            List<Outcome> wrong = row.outcomes().stream()
                    .filter(outcome -> outcome.score() < 1)
                    .toList();
            page.append("<details><summary>")
                    .append(escape(row.strategy() + ": " + wrong.size() + " of "
                            + row.outcomes().size() + " not fully right"))
                    .append("</summary>");
            confusion(page, report, row);
            for (Outcome outcome : wrong.subList(0, Math.min(SHOWN_ERRORS, wrong.size()))) {
                Example example = examples.get(outcome.id());
                page.append("<details><summary>")
                        .append(escape(outcome.id() + ": "))
                        .append("<span class=\"wrong\">")
                        .append(escape(shortened(outcome.error().isEmpty() ? outcome.answer() : outcome.error())))
                        .append("</span>, right: <span class=\"right\">")
                        .append(escape(shortened(outcome.expected())))
                        .append("</span></summary><pre>")
                        .append(escape(example == null ? "" : example.input()))
                        .append("</pre><p>answered:</p><pre>")
                        .append(escape(outcome.error().isEmpty() ? outcome.answer() : outcome.error()))
                        .append("</pre></details>\n");
            }
            page.append("</details>\n");
        }
    }

    private static void confusion(StringBuilder page, PilotReport report, Measured row) {
        if (report.task().labels() == 0) {
            return;
        }
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        Set<String> answers = new LinkedHashSet<>();
        row.outcomes().forEach(outcome -> answers.add(outcome.expected()));
        row.outcomes().forEach(outcome -> {
            String answer = outcome.error().isEmpty() ? outcome.answer() : "(failed)";
            answers.add(answer);
            counts.computeIfAbsent(outcome.expected(), label -> new HashMap<>()).merge(answer, 1, Integer::sum);
        });
        if (answers.size() > CONFUSION_LABELS) {
            page.append("<p>More than ").append(CONFUSION_LABELS).append(" labels: no confusion matrix.</p>");
            return;
        }
        page.append(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion matrix\"><table><caption>"
                        + "Confusion: right answers in rows, given ones in columns</caption><thead><tr><th></th>");
        answers.forEach(answer -> page.append("<th scope=\"col\">")
                .append(escape(shortened(answer)))
                .append("</th>"));
        page.append("</tr></thead><tbody>");
        counts.forEach((label, given) -> {
            page.append("<tr><th scope=\"row\">")
                    .append(escape(shortened(label)))
                    .append("</th>");
            for (String answer : answers) {
                int count = given.getOrDefault(answer, 0);
                page.append(
                                count == 0
                                        ? "<td>"
                                        : label.equals(answer) ? "<td class=\"right\">" : "<td class=\"wrong\">")
                        .append(count == 0 ? "·" : Integer.toString(count))
                        .append("</td>");
            }
            page.append("</tr>");
        });
        page.append("</tbody></table></div>\n");
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= 60
                ? line
                : line.substring(0, line.offsetByCodePoints(0, 59)) + "…";
    }

    private static void prompts(StringBuilder page, PilotReport report) {
        page.append("<h2>Prompts as sent</h2>\n");
        for (Measured row : report.measured()) {
            page.append("<details><summary>").append(escape(row.strategy())).append("</summary>");
            for (SentPrompt prompt : row.details().prompts()) {
                page.append("<h3>").append(escape(prompt.example())).append("</h3>");
                for (Message message : prompt.messages()) {
                    page.append("<p>")
                            .append(escape(message.role().key()))
                            .append("</p><pre>")
                            .append(escape(message.content()))
                            .append("</pre>");
                }
            }
            page.append("</details>\n");
        }
    }

    private static void environment(StringBuilder page, PilotReport report) {
        page.append("<h2>Environment and seeds</h2><div class=\"scroll\"><table><tbody>");
        Map<String, String> all = new LinkedHashMap<>(report.settings());
        all.put("seed", Long.toString(report.options().seed()));
        all.put("task hash", report.task().hash());
        all.put("needs", report.needs().toString());
        all.forEach((key, value) -> page.append("<tr><th scope=\"row\">")
                .append(escape(key))
                .append("</th><td class=\"wrap\">")
                .append(escape(value))
                .append("</td></tr>"));
        page.append("</tbody></table></div>\n");
    }
}
