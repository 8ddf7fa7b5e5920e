package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;
import static dev.llmadapt.pilot.report.Html.percent;

import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a report's page after the first: learning curves, calibration, stability, break-even, what is said in
 * general.
 */
final class ReportHtmlTables {
    private ReportHtmlTables() {}

    static void write(StringBuilder page, PilotReport report) {
        curves(page, report);
        calibration(page, report);
        teachers(page, report);
        stability(page, report);
        breakEven(page, report);
        field(page, report);
    }

    private static void curves(StringBuilder page, PilotReport report) {
        TreeSet<Integer> sizes = new TreeSet<>();
        for (Measured row : report.measured()) {
            row.details().curve().forEach(point -> sizes.add(point.trainExamples()));
        }
        if (sizes.size() < 2) {
            return;
        }
        List<String> columns = new ArrayList<>(List.of("#", "candidate"));
        sizes.forEach(size -> columns.add(size + " examples"));
        ReportHtml.head(
                page,
                "Learning curves",
                "The " + report.task().metric()
                        + " after learning from so many examples, its 95% interval, and on how many"
                        + " test examples. What learns from none stands under all.",
                columns);
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured measured) {
                Map<Integer, CurvePoint> points = new LinkedHashMap<>();
                measured.details().curve().forEach(point -> points.put(point.trainExamples(), point));
                page.append("<tr>");
                ReportHtml.cells(
                        page,
                        number,
                        measured.strategy(),
                        sizes.stream().map(size -> point(points.get(size))).toArray(String[]::new));
            }
        }
        page.append(ReportHtml.END);
    }

    private static String point(@Nullable CurvePoint point) {
        if (point == null) {
            return "";
        }
        return percent(point.quality()) + " (" + percent(point.interval().low()) + " to "
                + percent(point.interval().high()) + ") on " + point.testExamples();
    }

    private static void calibration(StringBuilder page, PilotReport report) {
        if (report.measured().stream().noneMatch(row -> row.calibration().answers() > 0)) {
            return;
        }
        ReportHtml.head(
                page,
                "Calibration",
                "How far the probabilities of answers can be trusted: the share of answers, the surest first, that can be"
                        + " given with 5% of them wrong; the expected calibration error (ECE: 0.05 says that a probability is"
                        + " 5 points off); the Brier score over all labels (0 is best).",
                List.of("#", "candidate", "answers", "at 5% error", "ECE", "Brier"));
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured measured) {
                Calibration known = measured.calibration();
                boolean none = known.answers() == 0;
                page.append("<tr>");
                ReportHtml.cells(
                        page,
                        number,
                        measured.strategy(),
                        none ? "no probabilities" : Integer.toString(known.answers()),
                        none ? "" : percent(known.answerable()),
                        none ? "" : Html.number("%.3f", known.expectedError()),
                        none ? "" : Html.number("%.3f", known.brier()));
            }
        }
        page.append(ReportHtml.END);
    }

    private static void teachers(StringBuilder page, PilotReport report) {
        if (report.measured().stream().allMatch(row -> row.details().teacher().isEmpty())) {
            return;
        }
        ReportHtml.head(
                page,
                "Teachers",
                "The unlabelled texts that the teacher of a candidate answered, those that it learned from, and the cost.",
                List.of("#", "candidate", "texts", "learned", "answers", "tokens read", "tokens written", "seconds"));
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured measured && measured.details().teacher().isPresent()) {
                DistillationReport teacher = measured.details().teacher().get();
                page.append("<tr>");
                ReportHtml.cells(
                        page,
                        number,
                        measured.strategy(),
                        Integer.toString(teacher.inputs()),
                        Integer.toString(teacher.kept()),
                        Long.toString(teacher.cost().calls()),
                        Long.toString(teacher.cost().promptTokens()),
                        Long.toString(teacher.cost().completionTokens()),
                        Html.number("%.1f", teacher.cost().time().toMillis() / 1e3));
            }
        }
        page.append(ReportHtml.END);
    }

    private static void stability(StringBuilder page, PilotReport report) {
        ReportHtml.head(
                page,
                "Stability and freshness",
                "How many answers stay the same; what is answered about facts that came later, before and after the corpus"
                        + " was updated.",
                List.of("#", "candidate", "paraphrase", "other seed", "rewording", "news before", "news after"));
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured measured) {
                Freshness fresh = measured.details().freshness();
                page.append("<tr>");
                ReportHtml.cells(
                        page,
                        number,
                        measured.strategy(),
                        share(measured.details().stability().paraphrase()),
                        share(measured.details().stability().seed()),
                        share(measured.details().stability().rewording()),
                        fresh.questions() == 0 ? "not measured" : percent(fresh.before()),
                        fresh.questions() == 0 ? "not measured" : percent(fresh.after()));
            }
        }
        page.append(ReportHtml.END);
    }

    private static String share(Share share) {
        return share.of() == 0 ? "not measured" : share.same() + " of " + share.of();
    }

    private static void breakEven(StringBuilder page, PilotReport report) {
        List<Measured> measured = report.measured();
        if (measured.size() < 2) {
            return;
        }
        List<String> columns = new ArrayList<>(List.of("#", "candidate"));
        measured.forEach(row -> columns.add(row.strategy()));
        ReportHtml.head(
                page,
                "Break-even",
                "From how many requests on the candidate of the row costs less in all than that of the column, each adapted"
                        + " once.",
                columns);
        int number = 0;
        for (Row row : report.rows()) {
            number++;
            if (row instanceof Measured own) {
                Costs costs = Costs.of(own, report.needs());
                page.append("<tr>");
                ReportHtml.cells(
                        page,
                        number,
                        own.strategy(),
                        measured.stream()
                                .map(other -> other.strategy().equals(own.strategy())
                                        ? "–"
                                        : requests(costs.breakEven(Costs.of(other, report.needs()))))
                                .toArray(String[]::new));
            }
        }
        page.append(ReportHtml.END);
    }

    private static String requests(OptionalLong from) {
        return from.isEmpty()
                ? "never"
                : from.getAsLong() == 0 ? "at once" : String.format(Locale.ROOT, "%,d", from.getAsLong());
    }

    private static void field(StringBuilder page, PilotReport report) {
        page.append("<div class=\"words\">");
        ReportHtml.head(
                page,
                "What is said in general, and what was measured",
                "The table of the field; below it where this task's numbers say otherwise.",
                List.of("family", "there in", "cost", "customization", "data", "fit", "measured here"));
        Map<StrategyFamily, String> best = FieldTable.measuredBest(report);
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
        page.append(ReportHtml.END).append("</div>\n");
        ReportHtml.list(page, FieldTable.differences(report));
    }

    private static Map<String, String> needs(Needs needs) {
        Prices prices = needs.prices();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("data may leave", needs.dataMayLeave() ? "yes" : "no");
        all.put("knowledge changes", needs.knowledge().name().toLowerCase(Locale.ROOT));
        all.put("the same answer in other words", needs.consistent() ? "needed" : "not needed");
        all.put("least quality", percent(needs.minimumQuality()));
        all.put("as good as the best", percent(needs.tolerance()) + " below it");
        all.put("95% of answers within", limit(needs.latency().toMillis(), " ms"));
        all.put("memory", limit(needs.memoryBytes() >> 20, " MB"));
        all.put("requests a month", String.format(Locale.ROOT, "%,d", needs.requestsPerMonth()));
        all.put(
                "one adaptation may take",
                needs.trainingBudget().isZero()
                        ? "nothing may be trained"
                        : needs.trainingBudget().toSeconds() + " s");
        all.put("an hour of compute", Double.toString(prices.computeHour()));
        if (prices.hosted()) {
            all.put("a million tokens read", Double.toString(prices.promptMillion()));
            all.put("a million tokens written", Double.toString(prices.completionMillion()));
        }
        return all;
    }

    private static String limit(long limit, String unit) {
        return limit == 0 ? "no limit" : limit + unit;
    }

    /** Writes the settings, the seed and the needs. */
    static void environment(StringBuilder page, PilotReport report) {
        page.append("<h2>Environment and seeds</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\""
                + " aria-label=\"Environment and seeds\"><table><caption>What it was measured with</caption><tbody>");
        Map<String, String> all = new LinkedHashMap<>(report.settings());
        all.put("seed", Long.toString(report.options().seed()));
        all.put("task hash", report.task().hash());
        all.putAll(needs(report.needs()));
        all.forEach((key, value) -> page.append("<tr><th scope=\"row\">")
                .append(escape(key))
                .append("</th><td class=\"wrap\">")
                .append(escape(value))
                .append("</td></tr>"));
        page.append(ReportHtml.END);
    }
}
