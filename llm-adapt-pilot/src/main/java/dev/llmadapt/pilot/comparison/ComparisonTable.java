package dev.llmadapt.pilot.comparison;

import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.TextTable;
import dev.llmadapt.pilot.report.TextTable.Column;
import dev.llmadapt.pilot.statistics.Interval;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A comparison of two runs as text for people: what came of it, then a table with a row for each candidate. */
public final class ComparisonTable {
    private ComparisonTable() {}

    /**
     * The text.
     *
     * @param comparison what is compared
     * @param tolerance the loss of quality that is accepted
     * @param width columns of a line, or 0 when nobody folds lines
     */
    public static String write(RunComparison comparison, double tolerance, int width) {
        List<RunChange> worse = comparison.worse(tolerance);
        List<RunChange> better = comparison.better(0);
        StringBuilder text = new StringBuilder();
        text.append(comparison.tells() ? verdict(comparison, worse, tolerance) : tooFew(comparison))
                .append('\n');
        comparison
                .recommended()
                .ifPresent(change -> text.append(recommended(change)).append('\n'));
        text.append('\n');
        TextTable table = new TextTable(List.of(
                new Column("candidate", false, 0),
                new Column("before", true, 0),
                new Column("after", true, 0),
                new Column("difference", true, 0),
                new Column("95% interval", true, 0),
                new Column("tests", true, 1),
                new Column("median ms", true, 2),
                new Column("", false, 0)));
        for (RunChange change : comparison.all()) {
            Interval interval = change.interval();
            table.row(
                    false,
                    List.of(
                            change.name(),
                            percent(change.qualityBefore()),
                            percent(change.qualityAfter()),
                            points(change.difference().difference()),
                            points(interval.low()) + " to " + points(interval.high()),
                            String.valueOf(change.difference().pairs()),
                            millis(change.medianBefore()) + " -> " + millis(change.medianAfter()),
                            worse.contains(change)
                                    ? "worse"
                                    : better.contains(change) ? "better" : alone(change, tolerance)));
        }
        text.append(table.render(width, false)).append('\n');
        text.append("before: ").append(run(comparison.before())).append('\n');
        text.append("after:  ").append(run(comparison.after())).append('\n');
        text.append(examples(comparison)).append('\n');
        list(text, "only before: ", comparison.onlyBefore());
        list(text, "only after: ", comparison.onlyAfter());
        int all = comparison.all().size();
        if (all > 1) {
            text.append("worse, better: shown at 95% over all ")
                    .append(all)
                    .append(" rows together (Bonferroni)\n")
                    .append(
                            "maybe: by the row's interval alone, which is off in 1 row of 20; --strategy judges one row\n");
        }
        return text.toString();
    }

    private static String verdict(RunComparison comparison, List<RunChange> worse, double tolerance) {
        String by = "by more than " + String.format(Locale.ROOT, "%.1f", 100 * tolerance) + " points";
        List<RunChange> all = comparison.all();
        if (!worse.isEmpty()) {
            return worse.stream().map(RunChange::name).collect(Collectors.joining(", "))
                    + (worse.size() == 1 ? " is" : " are") + " worse " + by;
        }
        String unseen = String.format(
                Locale.ROOT, " (a loss of up to %.1f may be unseen)", 100 * Math.max(0, comparison.possibleLoss()));
        return (all.size() == 1
                        ? all.get(0).name() + " is not shown to be worse " + by
                        : "no candidate is shown to be worse " + by)
                + unseen;
    }

    private static String recommended(RunChange change) {
        Interval interval = change.interval();
        return "recommended: " + change.name() + ", " + percent(change.qualityBefore()) + " before and "
                + percent(change.qualityAfter()) + " after, "
                + points(change.difference().difference()) + " points (95%: " + points(interval.low()) + " to "
                + points(interval.high()) + ")";
    }

    private static String tooFew(RunComparison comparison) {
        int most = comparison.all().stream()
                .mapToInt(change -> change.difference().pairs())
                .max()
                .orElse(0);
        return "nothing can be told: only " + most + (most == 1 ? " test was" : " tests were")
                + " answered in both runs, at least " + RunChange.LEAST_TESTS + " are needed";
    }

    /** What a row would be if it were the only one. */
    private static String alone(RunChange change, double tolerance) {
        if (!change.enoughTests()) {
            return "too few tests";
        }
        Interval interval = change.interval();
        return interval.high() < -tolerance ? "maybe worse" : interval.low() > 0 ? "maybe better" : "";
    }

    private static String millis(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f" : "%.0f", millis);
    }

    private static String run(PilotReport report) {
        return report.task().name() + ", " + report.task().trainExamples() + " examples to learn from, "
                + report.modelText() + ", " + report.started().toString().substring(0, 10) + "; recommended: "
                + report.recommendation().choice().orElse("none");
    }

    private static String examples(RunComparison comparison) {
        int before = comparison.before().task().test().size() - comparison.both();
        int after = comparison.after().task().test().size() - comparison.both();
        String text = comparison.both() + " test examples in both runs";
        if (before == 0 && after == 0) {
            return text + ", all there are";
        }
        return text + "; not compared: " + before + " only before, " + after + " only after"
                + (comparison.relabelled() > 0
                        ? " (" + comparison.relabelled() + " of them with another right answer)"
                        : "");
    }

    private static void list(StringBuilder text, String title, List<String> names) {
        if (!names.isEmpty()) {
            text.append(title).append(String.join(", ", names)).append('\n');
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static String points(double difference) {
        return String.format(Locale.ROOT, "%+.1f", 100 * difference);
    }
}
