package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.HtmlTable.Column.words;

import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The folded tables of a report's page: the numbers behind plots, teachers, what is said in general. */
final class ReportHtmlTables {
    private ReportHtmlTables() {}

    /** Writes the points of learning curves. */
    static void curves(StringBuilder page, List<Measured> rows) {
        TreeSet<Integer> sizes = new TreeSet<>();
        rows.forEach(row -> row.details().curve().forEach(point -> sizes.add(point.trainExamples())));
        Html.fold(page, "The numbers");
        HtmlTable table = new HtmlTable(
                page,
                "Points of the learning curves",
                HtmlTable.figures(
                        "candidate",
                        sizes.stream()
                                .map(size -> Figures.count(size, "example"))
                                .toList()));
        for (Measured row : rows) {
            Map<Integer, CurvePoint> points = new LinkedHashMap<>();
            row.details().curve().forEach(point -> points.put(point.trainExamples(), point));
            table.row(
                    row.strategy(),
                    sizes.stream().map(size -> point(points.get(size))).toList());
        }
        table.end();
        page.append("</details>\n");
    }

    private static String point(@Nullable CurvePoint point) {
        return point == null
                ? ""
                : Figures.percent(point.quality()) + " (" + Figures.interval(point.interval()) + ") on "
                        + point.testExamples();
    }

    /** Writes the numbers of calibration. */
    static void calibration(StringBuilder page, List<Measured> rows) {
        Html.fold(page, "The numbers");
        HtmlTable table = new HtmlTable(
                page, "Calibration", HtmlTable.figures("candidate", List.of("answers", "at 5% error", "ECE", "Brier")));
        for (Measured row : rows) {
            Calibration known = row.calibration();
            table.row(
                    row.strategy(),
                    List.of(
                            Integer.toString(known.answers()),
                            Figures.percent(known.answerable()),
                            Figures.number("%.3f", known.expectedError()),
                            Figures.number("%.3f", known.brier())));
        }
        table.end();
        page.append(
                "<p class=\"about\">At 5% error: the share of answers, the surest first, that can be given with 5% of them"
                        + " wrong. ECE, the expected calibration error: 0.05 says that a probability is 5 points off. Brier score"
                        + " over all labels: 0 is best.</p></details>\n");
    }

    /** Writes what teachers were asked; nothing where there is none. */
    static void teachers(StringBuilder page, Standings standings) {
        List<Measured> taught = standings.ranked().stream()
                .filter(row -> row.details().teacher().isPresent())
                .toList();
        if (taught.isEmpty()) {
            return;
        }
        Html.heading(
                page,
                "teachers",
                "Teachers",
                "The unlabelled texts that the teacher of a candidate answered, those that it learned from, and the cost.");
        HtmlTable table = new HtmlTable(
                page,
                "Teachers",
                HtmlTable.figures(
                        "candidate", List.of("texts", "learned", "answers", "tokens read", "tokens written", "time")));
        for (Measured row : taught) {
            DistillationReport teacher = row.details().teacher().orElseThrow();
            table.row(
                    row.strategy(),
                    List.of(
                            Figures.count(teacher.inputs()),
                            Figures.count(teacher.kept()),
                            Figures.count(teacher.cost().calls()),
                            Figures.count(teacher.cost().promptTokens()),
                            Figures.count(teacher.cost().completionTokens()),
                            Figures.time(teacher.cost().time())));
        }
        table.end();
    }

    /** Writes what is commonly said of each family beside what was measured, folded. */
    static void field(StringBuilder page, PilotReport report) {
        Html.heading(page, "field", "What is said in general, and what was measured", "");
        Html.list(page, FieldTable.differences(report));
        Html.fold(page, "What is said of each family");
        List<HtmlTable.Column> columns = new ArrayList<>();
        for (String title :
                List.of("family", "time to value", "cost", "customization", "data", "fit", "measured here")) {
            columns.add(words(title));
        }
        HtmlTable table = new HtmlTable(page, "What is said in general", columns);
        Map<StrategyFamily, String> best = FieldTable.measuredBest(report);
        for (FieldTable.Saying saying : FieldTable.sayings()) {
            table.row(
                    saying.family().title(),
                    List.of(
                            saying.speed(),
                            saying.cost(),
                            saying.customization(),
                            saying.data(),
                            saying.fit(),
                            best.getOrDefault(saying.family(), "not measured")));
        }
        table.end();
        page.append("</details>\n");
    }
}
