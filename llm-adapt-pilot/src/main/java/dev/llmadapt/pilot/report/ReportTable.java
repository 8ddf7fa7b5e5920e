package dev.llmadapt.pilot.report;

import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.report.TextTable.Column;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Share;
import java.util.ArrayList;
import java.util.List;

/**
 * A report as text for people: the recommendation in a sentence, the runner-up and the best of each family with what it
 * would take to choose them, the table, the best first, and what limits its numbers.
 */
public final class ReportTable {
    /** The columns of a line where nobody says how many there are. */
    public static final int USUAL_WIDTH = 100;

    private static final String CHOICE = "*";
    private static final String NO_DIFFERENCE = "~";
    /** The normal quantile of a 95 % interval. */
    private static final double SHOWN = 1.959963984540054;

    private static final int REASONS = 3;

    private ReportTable() {}

    /** The report as plain text in lines of {@value #USUAL_WIDTH} columns. */
    public static String write(PilotReport report) {
        return write(report, 0, false);
    }

    /**
     * The report for a terminal.
     *
     * @param width columns of a line, which the least important columns of the table make room for; 0 for
     *     {@value #USUAL_WIDTH}
     * @param bold whether the recommendation is shown in bold
     */
    public static String write(PilotReport report, int width, boolean bold) {
        Standings standings = Standings.of(report);
        int columns = width == 0 ? USUAL_WIDTH : width;
        StringBuilder text = new StringBuilder();
        text.append(Paragraph.of(heading(report), "", "  ", columns)).append('\n');
        verdict(text, standings, columns, bold);
        families(text, standings, columns);
        table(text, standings, columns, bold);
        List<String> caveats = new ArrayList<>(Caveats.of(standings));
        report.measured()
                .forEach(row -> row.details().teacher().ifPresent(teacher -> caveats.add(teacher(row, teacher))));
        list(text, "", caveats, columns);
        text.append(RiskTable.of(standings, columns));
        list(
                text,
                "learning curves, training size > " + report.task().metric()
                        + (Caveats.mixed(standings) ? "; points on different tests do not compare:" : ":"),
                Caveats.curves(standings),
                columns);
        return text.toString();
    }

    private static String heading(PilotReport report) {
        TaskSummary task = report.task();
        return report.modelText() + " on " + task.name() + ": "
                + (task.labels() == 0 ? "free text" : Figures.count(task.labels(), "label")) + ", "
                + Figures.count(task.testExamples()) + " test examples, " + Figures.count(task.trainExamples())
                + " to learn from, seed " + report.options().seed();
    }

    private static void verdict(StringBuilder text, Standings standings, int width, boolean bold) {
        String sentence = Paragraph.of(VerdictSentence.of(standings), "", "", width);
        text.append(bold ? TextTable.bold(sentence.stripTrailing()) + "\n" : sentence);
        VerdictSentence.remarks(standings).forEach(remark -> text.append(Paragraph.of(remark, "", "", width)));
        List<String> reasons = standings.reasons();
        list(text, "", reasons.subList(0, Math.min(REASONS, reasons.size())), width);
        List<String> changes = standings.recommendation().wouldChange();
        list(text, "what would change the answer:", changes.subList(0, Math.min(REASONS, changes.size())), width);
        CostNotes.of(standings).ifPresent(note -> text.append(Paragraph.of(note, "", "", width)));
        text.append('\n');
    }

    /** The runner-up, and the best of each family, with what lies between each and the choice. */
    private static void families(StringBuilder text, Standings standings, int width) {
        List<Contender> contenders = Contender.of(standings);
        text.append(contenders.isEmpty() ? "" : "the runner-up and the best of each family:\n");
        int titles = contenders.stream()
                .mapToInt(contender -> contender.title().length())
                .max()
                .orElse(0);
        for (Contender contender : contenders) {
            Measured row = contender.row();
            text.append(Paragraph.of(
                    row.strategy() + " " + Figures.percent(row.quality()) + ": " + contender.distance(),
                    contender.title()
                            + " ".repeat(titles + 2 - contender.title().length()),
                    " ".repeat(titles + 4),
                    width));
        }
        text.append(contenders.isEmpty() ? "" : "\n");
    }

    private static void table(StringBuilder text, Standings standings, int width, boolean bold) {
        PilotReport report = standings.report();
        List<Measured> ranked = standings.ranked();
        if (!ranked.isEmpty()) {
            boolean calibrated =
                    ranked.stream().anyMatch(row -> row.calibration().answers() > 0);
            TextTable table = new TextTable(columns(standings, calibrated));
            for (Measured row : ranked) {
                List<String> cells = new ArrayList<>(cells(mark(standings, row), row, report));
                if (calibrated) {
                    cells.addAll(calibration(row.calibration()));
                }
                table.row(standings.choice().filter(row::equals).isPresent(), cells);
            }
            text.append(table.render(width, bold));
        }
        standings
                .notMeasured()
                .forEach((reason, names) ->
                        text.append(Paragraph.of(String.join(", ", names) + ": " + reason, "-  ", "   ", width)));
        if (!ranked.isEmpty()) {
            text.append(Paragraph.of(legend(standings), "", "", width));
        }
        text.append('\n');
    }

    private static String legend(Standings standings) {
        return standings.choice().isPresent()
                ? CHOICE + " chosen; " + NO_DIFFERENCE + " no difference from it shown at 95%"
                : NO_DIFFERENCE + " no difference from the best shown at 95%";
    }

    private static List<Column> columns(Standings standings, boolean calibrated) {
        boolean failed = standings.ranked().stream().anyMatch(row -> row.errors() > 0);
        boolean whole = standings.ranked().stream().allMatch(standings::whole);
        String currency = standings.currency();
        List<Column> columns = new ArrayList<>(List.of(
                new Column("", false, 0),
                new Column("candidate", false, 0),
                new Column(standings.report().task().metric(), true, 0),
                new Column("95% interval", true, 0),
                new Column("test size", true, whole ? 6 : 0),
                new Column("training size", true, 4),
                new Column("median time", true, 0),
                new Column("95% within", true, 3),
                new Column((currency.isEmpty() ? "cost" : currency) + "/1000", true, 1),
                new Column("to adapt", true, 2),
                new Column("prompt tokens", true, 7),
                new Column("consistency", true, 9),
                new Column("freshness", true, 12),
                new Column("disk", true, 11),
                new Column("answers/s", true, 10),
                new Column("failed answers", true, failed ? 1 : 8)));
        if (calibrated) {
            columns.add(new Column("at 5% error", true, 5));
            columns.add(new Column("ECE", true, 13));
            columns.add(new Column("Brier", true, 14));
        }
        return columns;
    }

    private static List<String> cells(String mark, Measured row, PilotReport report) {
        MeasurementDetails details = row.details();
        Share alike = details.stability().paraphrase();
        Freshness fresh = details.freshness();
        return List.of(
                mark,
                row.strategy(),
                Figures.percent(row.quality()),
                Figures.interval(row.interval()),
                Figures.count(row.outcomes().size()),
                Figures.count(details.trainExamples()),
                Figures.time(row.latency().median()),
                Figures.time(row.latency().p95()),
                Figures.cost(Costs.of(row, report.needs()).perThousand()),
                Figures.time(row.adaptTime()),
                Figures.number("%.0f", row.promptTokens()),
                alike.of() == 0 ? "" : alike.same() + "/" + alike.of(),
                fresh.questions() == 0 ? "" : Figures.percent(fresh.before()) + " > " + Figures.percent(fresh.after()),
                Figures.bytes(details.artifactBytes()),
                Figures.rate(details.throughput()),
                Integer.toString(row.errors()));
    }

    private static List<String> calibration(Calibration calibration) {
        return calibration.answers() == 0
                ? List.of("", "", "")
                : List.of(
                        Figures.percent(calibration.answerable()),
                        Figures.number("%.3f", calibration.expectedError()),
                        Figures.number("%.3f", calibration.brier()));
    }

    private static String mark(Standings standings, Measured row) {
        Measured reference = standings.reference().orElse(row);
        if (row.equals(reference)) {
            return standings.choice().isPresent() ? CHOICE : "";
        }
        boolean differs = Distance.between(row, reference)
                .map(difference -> difference.interval(SHOWN))
                .filter(interval -> interval.high() < 0 || interval.low() > 0)
                .isPresent();
        return differs ? "" : NO_DIFFERENCE;
    }

    private static String teacher(Measured row, DistillationReport teacher) {
        return "the teacher of " + row.strategy() + " answered " + teacher.kept() + " of " + teacher.inputs()
                + " unlabelled texts: " + teacher.cost();
    }

    private static void list(StringBuilder text, String title, List<String> items, int width) {
        if (!title.isEmpty() && !items.isEmpty()) {
            text.append(title).append('\n');
        }
        items.forEach(item -> text.append(Paragraph.of(item, "- ", "  ", width)));
    }
}
