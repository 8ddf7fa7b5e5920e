package dev.llmadapt.pilot.report;

import static dev.llmadapt.pilot.report.Html.escape;
import static dev.llmadapt.pilot.report.Html.percentage;

import dev.llmadapt.pilot.recommendation.Abstention;
import dev.llmadapt.pilot.recommendation.BreakEven;
import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.results.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The costs of a month as stacked bars, the cheapest first, and where the choice stops to be the cheaper one. */
final class CostBars {
    /** A lower price of an error is none. */
    private static final double LEAST_PRICE = 0.0001;

    private static final List<Part> PARTS = List.of(
            new Part("machine", TotalCosts::machine),
            new Part("errors", TotalCosts::errors),
            new Part("people", TotalCosts::person),
            new Part("adapting", TotalCosts::adaptation),
            new Part("labels", TotalCosts::labels),
            new Part("adapting anew", TotalCosts::refresh));

    private CostBars() {}

    private record Part(String title, ToDoubleFunction<TotalCosts> of) {}

    private record Way(String name, boolean chosen, TotalCosts costs) {}

    static void write(StringBuilder page, Standings standings) {
        if (standings.ranked().isEmpty()) {
            return;
        }
        Needs needs = standings.report().needs();
        List<Way> ways = ways(standings);
        Html.heading(
                page,
                "costs",
                "Costs of a month",
                Figures.count(needs.requestsPerMonth(), "request")
                        + (needs.stakes().any()
                                ? ", with what follows from errors"
                                : "; what errors, labels and people cost is not known (--error-price, --label-price,"
                                        + " --person-price)")
                        + ". Adapting and labels are spread over "
                        + needs.stakes().horizonMonths() + " months.");
        List<Part> used = PARTS.stream()
                .filter(part -> ways.stream().anyMatch(way -> part.of().applyAsDouble(way.costs()) > 0))
                .toList();
        page.append("<p class=\"about\">");
        used.forEach(part -> page.append("<span class=\"key s s")
                .append(PARTS.indexOf(part))
                .append("\"></span>")
                .append(part.title()));
        page.append("</p><ol class=\"bars costs\">\n");
        double most =
                ways.stream().mapToDouble(way -> way.costs().month()).max().orElse(0);
        for (Way way : ways) {
            page.append(way.chosen() ? "<li class=\"chosen\">" : "<li>")
                    .append("<span class=\"name\">")
                    .append(Html.name(way.name()))
                    .append("</span><span class=\"track stack\" aria-hidden=\"true\">");
            double left = 0;
            for (Part part : used) {
                double share = most == 0 ? 0 : part.of().applyAsDouble(way.costs()) / most;
                if (share > 0) {
                    page.append("<i class=\"s")
                            .append(PARTS.indexOf(part))
                            .append("\" style=\"left:")
                            .append(percentage(left))
                            .append(";width:")
                            .append(percentage(share))
                            .append("\"></i>");
                    left += share;
                }
            }
            page.append("</span><span class=\"value\">")
                    .append(escape(Money.text(way.costs().month(), standings.currency())))
                    .append("</span></li>\n");
        }
        page.append("</ol>\n");
        amounts(page, ways, used);
        breakEven(page, standings, ways);
    }

    /** All candidates, the choice with a person behind it, and people alone, where these have prices. */
    private static List<Way> ways(Standings standings) {
        Needs needs = standings.report().needs();
        List<Way> ways = new ArrayList<>();
        for (Measured row : standings.ranked()) {
            ways.add(new Way(
                    row.strategy(), standings.choice().filter(row::equals).isPresent(), TotalCosts.of(row, needs)));
        }
        if (needs.stakes().person() > 0) {
            ways.add(new Way("people alone", false, TotalCosts.ofPeople(needs)));
            standings
                    .reference()
                    .ifPresent(row -> Abstention.of(
                                    row.outcomes(), needs.stakes().precisionOrExample())
                            .chosen()
                            .filter(point -> point.share() < 1)
                            .ifPresent(point -> ways.add(new Way(
                                    row.strategy() + " where it is sure, else a person",
                                    false,
                                    TotalCosts.of(row, needs, point)))));
        }
        ways.sort(Comparator.comparingDouble(way -> way.costs().month()));
        return ways;
    }

    private static void amounts(StringBuilder page, List<Way> ways, List<Part> used) {
        Html.fold(page, "The amounts");
        List<String> titles = new ArrayList<>(List.of("in all"));
        used.forEach(part -> titles.add(part.title()));
        HtmlTable table = new HtmlTable(page, "Costs of a month", HtmlTable.figures("candidate", titles));
        for (Way way : ways) {
            List<String> cells =
                    new ArrayList<>(List.of(Figures.cost(way.costs().month())));
            used.forEach(part -> cells.add(Figures.cost(part.of().applyAsDouble(way.costs()))));
            table.row(way.chosen(), way.name(), cells);
        }
        table.end();
        page.append("</details>\n");
    }

    /** Where another way is cheaper than the choice. */
    private static void breakEven(StringBuilder page, Standings standings, List<Way> ways) {
        if (standings.reference().isEmpty() || ways.size() < 2) {
            return;
        }
        Measured reference = standings.reference().get();
        Stakes stakes = standings.report().needs().stakes();
        boolean errors = stakes.error().orElse(0) > 0 || !stakes.errors().isEmpty();
        TotalCosts own = TotalCosts.of(reference, standings.report().needs());
        Html.fold(page, "When would another be cheaper than " + reference.strategy() + "?");
        List<String> titles = new ArrayList<>(List.of("at requests a month"));
        if (errors) {
            titles.add("at a price of an error");
        }
        HtmlTable table = new HtmlTable(page, "Break-even", HtmlTable.figures("candidate", titles));
        for (Way way : ways) {
            if (way.name().equals(reference.strategy())) {
                continue;
            }
            List<String> cells = new ArrayList<>(List.of(words(way.costs().requestsAgainst(own), "")));
            if (errors) {
                cells.add(words(way.costs().errorPriceAgainst(own), standings.currency()));
            }
            table.row(way.name(), cells);
        }
        table.end();
        page.append("</details>\n");
    }

    private static String words(BreakEven even, String currency) {
        if (even.kind() == BreakEven.Kind.BELOW && even.at() < (currency.isEmpty() ? 1 : LEAST_PRICE)) {
            return "never";
        }
        return switch (even.kind()) {
            case ALWAYS -> "at any";
            case NEVER -> "never";
            case ABOVE -> "above " + Money.text(even.at(), currency);
            case BELOW -> "below " + Money.text(even.at(), currency);
        };
    }
}
