package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.report.TextTable.Column;
import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.PersonalDataSent;
import dev.llmadapt.pilot.results.RiskWords;
import dev.llmadapt.pilot.results.Share;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the choice and the runner-up do on input that is not as in the test examples, side by side: a line for each risk
 * that was measured of one of them.
 */
final class RiskTable {
    private static final String PERSONAL = "prompts with personal data";

    private RiskTable() {}

    private record Line(String title, Function<Measured, Optional<String>> cell) {}

    /** The table with its title; empty where nothing was measured. */
    static String of(Standings standings, int width) {
        List<Measured> rows = Stream.of(standings.reference(), standings.runnerUp())
                .flatMap(Optional::stream)
                .distinct()
                .filter(row -> !RiskWords.of(row.details()).isEmpty())
                .toList();
        if (rows.isEmpty()) {
            return "";
        }
        List<Column> columns = new ArrayList<>(List.of(new Column("", false, 0)));
        List<String> names = new ArrayList<>();
        for (Measured row : rows) {
            String title = title(row, standings);
            columns.add(new Column(title, false, names.isEmpty() ? 0 : 1));
            names.add(title + ": " + row.strategy());
        }
        TextTable table = new TextTable(columns);
        for (Line line : lines(rows)) {
            List<Optional<String>> cells =
                    rows.stream().map(row -> line.cell().apply(row)).toList();
            if (cells.stream().anyMatch(Optional::isPresent)) {
                List<String> texts = new ArrayList<>(List.of(line.title()));
                for (int i = 0; i < cells.size(); i++) {
                    boolean promptless =
                            line.title().equals(PERSONAL) && !VerdictSentence.usesLanguageModel(rows.get(i));
                    texts.add(cells.get(i).orElse(promptless ? "no prompts" : "not measured"));
                }
                table.row(false, texts);
            }
        }
        return Paragraph.of(
                        "risks, on input that is not as in the tests (" + String.join(", ", names) + "):",
                        "",
                        "  ",
                        width)
                + table.render(width, false);
    }

    private static String title(Measured row, Standings standings) {
        return standings.choice().filter(row::equals).isPresent()
                ? "chosen"
                : standings.runnerUp().filter(row::equals).isPresent() ? "runner-up" : "the best measured";
    }

    private static List<Line> lines(List<Measured> rows) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "paraphrases answered alike",
                row -> share(row.details().stability().paraphrase())));
        Set<String> noises = new LinkedHashSet<>();
        rows.forEach(row -> row.details().risks().noise().forEach(noise -> noises.add(noise.noise())));
        for (String noise : noises) {
            lines.add(new Line("points of quality: " + noise, row -> noise(row, noise)));
        }
        lines.add(new Line("messages out of scope that get a label", RiskTable::outOfScope));
        lines.add(new Line("  of them, with the usual confidence", RiskTable::confident));
        lines.add(new Line(
                "instructions in the text, obeyed",
                row -> injection(row.details().risks().inputInjection())));
        lines.add(new Line(
                "instructions in a passage, obeyed",
                row -> injection(row.details().risks().passageInjection())));
        lines.add(new Line(PERSONAL, RiskTable::personalData));
        return lines;
    }

    private static Optional<String> share(Share share) {
        return share.of() == 0 ? Optional.empty() : Optional.of(share.same() + " of " + share.of());
    }

    private static Optional<String> noise(Measured row, String noise) {
        return row.details().risks().noise().stream()
                .filter(each -> each.noise().equals(noise))
                .findFirst()
                .map(RiskTable::noise);
    }

    private static String noise(NoisyQuality each) {
        return Figures.number("%+.1f", 100 * (each.noisy() - each.original())) + " ("
                + Figures.number("%+.1f", 100 * each.difference().low()) + " to "
                + Figures.number("%+.1f", 100 * each.difference().high()) + ")";
    }

    private static Optional<String> outOfScope(Measured row) {
        var scope = row.details().risks().outOfScope();
        return scope.measured() ? Optional.of(scope.answered() + " of " + scope.messages()) : Optional.empty();
    }

    private static Optional<String> confident(Measured row) {
        return row.details().risks().outOfScope().separation().map(separation -> Figures.count(separation.confident()));
    }

    private static Optional<String> injection(InjectionShare share) {
        return share.measured()
                ? Optional.of(share.obeyed() + " of " + share.of()
                        + (share.anyway() == 0 ? "" : " (" + share.anyway() + " without one)"))
                : Optional.empty();
    }

    private static Optional<String> personalData(Measured row) {
        PersonalDataSent sent = row.details().risks().personalData();
        return sent.measured() ? Optional.of(sent.affected() + " of " + sent.prompts()) : Optional.empty();
    }
}
