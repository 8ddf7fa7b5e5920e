package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.report.TextTable.Column;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.results.Share;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A report as a table for people, with below it what is needed to judge its numbers. */
public final class ReportTable {
    private static final String BEST = "*";
    private static final String NO_DIFFERENCE = "~";

    private ReportTable() {}

    /** The table as plain text, with all its columns. */
    public static String write(PilotReport report) {
        return write(report, 0, false);
    }

    /**
     * The table for a terminal.
     *
     * @param width columns of a line, which the least important columns make room for; 0 when nobody folds lines
     * @param bold whether the best row is shown in bold
     */
    public static String write(PilotReport report, int width, boolean bold) {
        TaskSummary task = report.task();
        boolean calibrated = hasProbabilities(report);
        List<Column> columns = new ArrayList<>(List.of(
                new Column("", false, 0),
                new Column("strategy", false, 0),
                new Column(task.metric(), true, 0),
                new Column("95% interval", true, 0),
                new Column("median ms", true, 0),
                new Column("p95 ms", true, 2),
                new Column("prompt tokens", true, 1),
                new Column("adapt s", true, 3),
                new Column("learned from", true, 4),
                new Column("tests", true, 5),
                new Column("answers/s", true, 10),
                new Column("MB kept", true, 11),
                new Column("like paraphrase", true, 9),
                new Column("news", true, 12),
                new Column("cost/1000", true, 6),
                new Column("errors", true, hasErrors(report) ? 0 : 8)));
        if (calibrated) {
            columns.add(new Column("at 5% error", true, 7));
            columns.add(new Column("ECE", true, 13));
            columns.add(new Column("Brier", true, 14));
        }
        TextTable table = new TextTable(columns);
        for (Row row : report.rows()) {
            if (row instanceof Measured measured) {
                List<String> cells = new ArrayList<>(cells(mark(report, measured), measured, report));
                if (calibrated) {
                    cells.addAll(calibration(measured.calibration()));
                }
                table.row(mark(report, measured).equals(BEST), cells);
            } else if (row instanceof Failed failed) {
                table.spanning("!", failed.strategy() + ": failed, " + failed.error());
            } else if (row instanceof RuledOut ruledOut) {
                table.spanning("-", ruledOut.strategy() + ": not tried, " + ruledOut.reason());
            }
        }
        return heading(report) + "\n" + table.render(width, bold) + "\n" + notes(report, width, bold);
    }

    private static String heading(PilotReport report) {
        TaskSummary task = report.task();
        String labels = task.labels() == 0 ? "free text" : task.labels() + " labels";
        return report.modelText() + " on " + task.name() + ": " + labels + ", "
                + task.testExamples() + " test examples, " + task.trainExamples() + " to learn from, seed "
                + report.options().seed() + "\n";
    }

    private static List<String> cells(String mark, Measured row, PilotReport report) {
        MeasurementDetails details = row.details();
        Share alike = details.stability().paraphrase();
        Freshness fresh = details.freshness();
        return List.of(
                mark,
                row.strategy(),
                percent(row.quality()),
                percent(row.interval().low()) + " - " + percent(row.interval().high()),
                millis(row.latency().median()),
                millis(row.latency().p95()),
                number("%.0f", row.promptTokens()),
                number("%.1f", row.adaptTime().toNanos() / 1e9),
                Integer.toString(details.trainExamples()),
                Integer.toString(row.outcomes().size()),
                details.throughput() == 0 ? "" : number("%.2f", details.throughput()),
                details.artifactBytes() == 0 ? "" : number("%.2f", details.artifactBytes() / 1e6),
                alike.of() == 0 ? "" : alike.same() + "/" + alike.of(),
                fresh.questions() == 0 ? "" : number("%.2f", fresh.before()) + " > " + number("%.2f", fresh.after()),
                number("%.4f", Costs.of(row, report.needs()).perThousand()),
                Integer.toString(row.errors()));
    }

    private static List<String> calibration(Calibration calibration) {
        return calibration.answers() == 0
                ? List.of("", "", "")
                : List.of(
                        percent(calibration.answerable()),
                        number("%.3f", calibration.expectedError()),
                        number("%.3f", calibration.brier()));
    }

    private static String notes(PilotReport report, int width, boolean bold) {
        StringBuilder notes = new StringBuilder();
        Optional<Measured> best = report.best();
        if (best.isPresent()) {
            notes.append(verdict(report, best.get()));
        }
        report.task()
                .baselines()
                .ifPresent(baselines -> notes.append("without a model: always '")
                        .append(baselines.majorityLabel())
                        .append("' ")
                        .append(percent(baselines.majority()))
                        .append(", a random label ")
                        .append(percent(baselines.chance()))
                        .append('\n'));
        report.leftBehind()
                .forEach((name, why) -> notes.append("- ")
                        .append(name)
                        .append(" went no further: ")
                        .append(why)
                        .append('\n'));
        notes.append(curves(report));
        report.measured()
                .forEach(row -> row.details()
                        .teacher()
                        .ifPresent(teacher -> notes.append("the teacher of ")
                                .append(row.strategy())
                                .append(" answered ")
                                .append(teacher.kept())
                                .append(" of ")
                                .append(teacher.inputs())
                                .append(" unlabelled texts: ")
                                .append(teacher.cost())
                                .append('\n')));
        return notes.append('\n')
                .append(report.recommendation().text())
                .append('\n')
                .append(FieldTable.render(report, width, bold))
                .toString();
    }

    /** A line for each candidate that was measured with several numbers of examples. */
    private static String curves(PilotReport report) {
        StringBuilder lines = new StringBuilder();
        for (Measured row : report.measured()) {
            List<CurvePoint> curve = row.details().curve();
            if (curve.size() > 1) {
                lines.append("  ")
                        .append(row.strategy())
                        .append(": ")
                        .append(curve.stream()
                                .map(point -> point.trainExamples() + " > " + percent(point.quality()))
                                .collect(Collectors.joining(", ")))
                        .append('\n');
            }
        }
        return lines.isEmpty()
                ? ""
                : "learning curves (examples > " + report.task().metric() + "):\n" + lines;
    }

    private static String verdict(PilotReport report, Measured best) {
        if (report.comparisons().isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(BEST + " best");
        List<String> equal = report.comparisons().stream()
                .filter(comparison -> !comparison.differs())
                .map(Comparison::other)
                .toList();
        if (equal.isEmpty()) {
            return text.append(": better than every other strategy at 95% (paired sign tests)\n")
                    .toString();
        }
        text.append("; ").append(NO_DIFFERENCE).append(" no difference from it shown at 95% (paired sign tests)\n");
        Measured fastest = report.measured().stream()
                .filter(row -> row.strategy().equals(best.strategy()) || equal.contains(row.strategy()))
                .min(Comparator.comparing(row -> row.latency().median()))
                .orElse(best);
        text.append("of ")
                .append(equal.size() + 1)
                .append(" not told apart, the fastest is ")
                .append(fastest.strategy())
                .append(" (median ")
                .append(millis(fastest.latency().median()))
                .append(" ms); a larger --limit tells more apart\n");
        return text.toString();
    }

    private static String mark(PilotReport report, Measured row) {
        if (report.best().filter(best -> best.strategy().equals(row.strategy())).isPresent()) {
            return BEST;
        }
        boolean differs = report.comparisons().stream()
                .filter(comparison -> comparison.other().equals(row.strategy()))
                .allMatch(Comparison::differs);
        return differs ? "" : NO_DIFFERENCE;
    }

    private static boolean hasProbabilities(PilotReport report) {
        return report.measured().stream().anyMatch(row -> row.calibration().answers() > 0);
    }

    private static boolean hasErrors(PilotReport report) {
        return report.measured().stream().anyMatch(row -> row.errors() > 0);
    }

    private static String percent(double share) {
        return number("%.1f%%", 100 * share);
    }

    private static String millis(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        return number(millis < 10 ? "%.1f" : "%.0f", millis);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
