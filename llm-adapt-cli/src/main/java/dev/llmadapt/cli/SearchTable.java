package dev.llmadapt.cli;

import dev.llmadapt.Example;
import dev.llmadapt.pilot.report.TextTable;
import dev.llmadapt.pilot.report.TextTable.Column;
import dev.llmadapt.prompting.search.Prompt;
import dev.llmadapt.prompting.search.SearchOptions;
import dev.llmadapt.prompting.search.SearchReport;
import dev.llmadapt.prompting.search.SearchReport.Comparison;
import dev.llmadapt.prompting.search.SearchReport.Cost;
import dev.llmadapt.prompting.search.SearchReport.Estimate;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import dev.llmadapt.prompting.search.SearchReport.Row;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What a search for a prompt found, for people. */
final class SearchTable {
    private static final int MAX_TEXT = 100;
    private static final int MAX_ROWS = 12;

    private SearchTable() {}

    /** Prints the candidates, best first, the chosen prompt and its comparison. */
    static void print(SearchReport report, SearchOptions options, boolean all, CommandContext context) {
        PrintStream out = context.out();
        TextTable table = new TextTable(List.of(
                new Column("no.", true, 0),
                new Column("candidate", false, 0),
                new Column("worth", true, 0),
                new Column("log-probability", true, 0),
                new Column("accuracy", true, 1),
                new Column("of", true, 2),
                new Column("gain", true, 3),
                new Column("from", true, 3),
                new Column("shots", true, 4)));
        int shown = 0;
        int left = 0;
        for (Row row : report.rows()) {
            if (all || shown < MAX_ROWS || row.origin() == Origin.BASELINE) {
                table.row(shown == 0, cells(row));
                shown++;
            } else {
                left++;
            }
        }
        out.print(table.render(context.terminal().width(), context.terminal().styled()));
        if (left > 0) {
            out.println("and " + left + " other candidates (--all)");
        }
        report.rows().stream()
                .filter(row -> !row.note().isEmpty())
                .findFirst()
                .ifPresent(row -> out.println("not scored: no. " + row.number() + ", " + row.note()));
        out.println();
        out.println("The search: " + cost(report.search()) + " of " + options.budget() + ", " + report.ended() + "."
                + (report.baseline().calls() == 0 ? "" : " Random sets: " + cost(report.baseline()) + "."));
        report.comparison().ifPresent(comparison -> out.println(compared(comparison)));
        if (options.compared() && report.comparison().isEmpty()) {
            out.println("There is no comparison: the search made too few calls to judge one random set.");
        }
        out.println();
        print(report.chosen(), out);
        out.flush();
    }

    private static List<String> cells(Row row) {
        boolean scored = row.scored() > 0;
        return List.of(
                Integer.toString(row.number()),
                row.origin().title(),
                scored ? String.format(Locale.ROOT, "%+.3f", row.worth()) : "",
                scored ? String.format(Locale.ROOT, "%.3f", row.logProbability()) : "",
                percent(row.accuracy()),
                Integer.toString(row.scored()),
                scored ? String.format(Locale.ROOT, "%+.3f", row.gain()) : "",
                row.parent() > 0 ? Integer.toString(row.parent()) : "",
                Integer.toString(row.prompt().demonstrations().size()));
    }

    private static String percent(OptionalDouble share) {
        return share.isPresent() ? String.format(Locale.ROOT, "%.1f%%", 100 * share.getAsDouble()) : "";
    }

    private static String cost(Cost cost) {
        return String.format(
                Locale.ROOT,
                "%,d calls, %,d tokens, %.1f s",
                cost.calls(),
                cost.tokens(),
                cost.time().toMillis() / 1000.0);
    }

    private static String compared(Comparison comparison) {
        Estimate gain = comparison.gain();
        String accuracy = comparison
                .accuracy()
                .map(points -> String.format(
                        Locale.ROOT,
                        ", accuracy %+.1f points (%+.1f to %+.1f)",
                        100 * points.mean(),
                        100 * points.low(),
                        100 * points.high()))
                .orElse("");
        String verdict = gain.low() > 0
                ? "It makes right answers more probable."
                : gain.high() < 0 ? "It makes right answers less probable." : "That is no certain difference.";
        return String.format(
                Locale.ROOT,
                "The chosen prompt against %s, on %d examples that neither was judged by:%n"
                        + "log-probability %+.3f (95%% interval %+.3f to %+.3f)%s. %s",
                comparison.baseline().demonstrations().isEmpty()
                        ? "the task's instruction"
                        : "the best of " + comparison.sets() + " random sets",
                comparison.examples(),
                gain.mean(),
                gain.low(),
                gain.high(),
                accuracy,
                verdict);
    }

    private static void print(Prompt prompt, PrintStream out) {
        out.println("Chosen: " + prompt.instruction());
        for (Example example : prompt.demonstrations()) {
            out.println("  " + cut(example.input()) + " -> " + cut(example.output()));
        }
    }

    private static String cut(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "...";
    }
}
