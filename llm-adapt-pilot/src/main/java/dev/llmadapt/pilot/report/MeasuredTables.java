package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Recommendation.Verdict;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Share;
import java.util.ArrayList;
import java.util.List;

/** The table of what was measured, the best first, and all its columns below, folded. */
final class MeasuredTables {
    private MeasuredTables() {}

    static void write(StringBuilder page, Standings standings) {
        String metric = standings.report().task().metric();
        String money = standings.currency().isEmpty() ? "cost" : standings.currency();
        Html.heading(
                page,
                "measured",
                "Measured",
                "The best first, with 95% intervals. Median time: half of the answers take at most so long. Training size: the examples that a"
                        + " candidate was given.");
        HtmlTable table = new HtmlTable(
                page,
                "Measured",
                List.of(
                        HtmlTable.Column.words("candidate"),
                        HtmlTable.Column.of(metric),
                        HtmlTable.Column.wide("95% interval"),
                        HtmlTable.Column.wide("test size"),
                        HtmlTable.Column.wide("training size"),
                        HtmlTable.Column.of("median time"),
                        HtmlTable.Column.wide("95% within"),
                        HtmlTable.Column.wide("to adapt"),
                        HtmlTable.Column.of(money + " per 1000"),
                        HtmlTable.Column.wide(money + " a month")));
        for (Measured row : standings.ranked()) {
            table.row(chosen(row, standings), name(row, standings), main(row, standings));
        }
        table.end();
        List<String> caveats = new ArrayList<>(Caveats.of(standings));
        standings.notMeasured().forEach((reason, names) -> caveats.add(String.join(", ", names) + ": " + reason));
        Html.list(page, caveats);
        all(page, standings);
    }

    private static boolean chosen(Measured row, Standings standings) {
        return standings.choice().filter(row::equals).isPresent();
    }

    private static String name(Measured row, Standings standings) {
        if (!chosen(row, standings)) {
            return row.strategy();
        }
        return row.strategy()
                + (standings.recommendation().verdict() == Verdict.NOT_ENOUGH_EVIDENCE
                        ? " (most likely)"
                        : " (recommended)");
    }

    private static List<String> main(Measured row, Standings standings) {
        Needs needs = standings.report().needs();
        double month = TotalCosts.of(row, needs).month();
        return List.of(
                Figures.percent(row.quality()) + "\n" + Figures.shortInterval(row.interval()),
                Figures.interval(row.interval()),
                Figures.count(row.outcomes().size()),
                Figures.count(row.details().trainExamples()),
                Figures.time(row.latency().median()),
                Figures.time(row.latency().p95()),
                Figures.time(row.adaptTime()),
                Figures.cost(Costs.of(row, needs).perThousand()),
                Figures.cost(month));
    }

    private static void all(StringBuilder page, Standings standings) {
        Html.fold(page, "All columns");
        HtmlTable table = new HtmlTable(
                page,
                "All columns",
                HtmlTable.figures(
                        "candidate",
                        List.of(
                                standings.report().task().metric(),
                                "95% interval",
                                "test size",
                                "training size",
                                "failed answers",
                                "median time",
                                "95% within",
                                "answers/s",
                                "prompt tokens",
                                "output tokens",
                                "to adapt",
                                "in all",
                                "disk",
                                "memory",
                                "cost/1000",
                                "consistency",
                                "other seed",
                                "other wording",
                                "freshness",
                                "judge")));
        for (Measured row : standings.ranked()) {
            table.row(chosen(row, standings), name(row, standings), everything(row, standings));
        }
        table.end();
        page.append(
                "<p class=\"about\">Consistency: paraphrases that get the same answer; then the same with another seed,"
                        + " and with another wording of the instruction. Freshness: answers about facts that came later, before and"
                        + " after the corpus had them. Memory is the process's, with all that was open; of what needs no"
                        + " language model it is told only if it was measured alone. An empty cell was not"
                        + " measured.</p></details>\n");
    }

    private static List<String> everything(Measured row, Standings standings) {
        MeasurementDetails details = row.details();
        Freshness fresh = details.freshness();
        return List.of(
                Figures.percent(row.quality()),
                Figures.interval(row.interval()),
                Figures.count(row.outcomes().size()),
                Figures.count(details.trainExamples()),
                Integer.toString(row.errors()),
                Figures.time(row.latency().median()),
                Figures.time(row.latency().p95()),
                Figures.rate(details.throughput()),
                Figures.number("%.0f", row.promptTokens()),
                Figures.number("%.1f", row.completionTokens()),
                Figures.time(row.adaptTime()),
                Figures.time(row.wallTime()),
                Figures.bytes(details.artifactBytes()),
                Figures.bytes(details.memoryBytes()),
                Money.text(Costs.of(row, standings.report().needs()).perThousand(), standings.currency()),
                share(details.stability().paraphrase()),
                share(details.stability().seed()),
                share(details.stability().rewording()),
                fresh.questions() == 0 ? "" : Figures.percent(fresh.before()) + " to " + Figures.percent(fresh.after()),
                details.judged()
                        .map(grade -> Figures.percent(grade.grade()) + " (" + Figures.interval(grade.interval()) + ")")
                        .orElse(""));
    }

    private static String share(Share share) {
        return share.of() == 0 ? "" : share.same() + " of " + share.of();
    }
}
