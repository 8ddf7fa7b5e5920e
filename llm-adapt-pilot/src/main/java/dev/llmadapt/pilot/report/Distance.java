package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.PairedDifference;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What lies between one candidate and another that is chosen: points of quality, and money. */
final class Distance {
    /** A share of the cost that is no difference. */
    private static final double ALIKE = 0.02;

    private static final String MISSED = " does not meet the needs: ";

    private Distance() {}

    /** The difference over the examples that both answered; empty where there is none. */
    static Optional<PairedDifference> between(Measured row, Measured choice) {
        Set<String> ids = choice.outcomes().stream().map(Outcome::id).collect(Collectors.toCollection(HashSet::new));
        return row.outcomes().stream().anyMatch(outcome -> ids.contains(outcome.id()))
                ? Optional.of(row.differenceFrom(choice))
                : Optional.empty();
    }

    /** The quality in words, such as {@code 12.3 points behind}, and on how many tests where not on all. */
    static String quality(Measured row, Measured choice) {
        Optional<PairedDifference> difference = between(row, choice);
        if (difference.isEmpty()) {
            return "measured on other tests";
        }
        double points = difference.get().difference();
        String words = Math.abs(points) < 0.0005
                ? "level"
                : Figures.points(Math.abs(points)) + (points < 0 ? " behind" : " ahead");
        int pairs = difference.get().pairs();
        return pairs < choice.outcomes().size() ? words + " on the " + pairs + " tests it answered" : words;
    }

    /** Points and money between a candidate and the choice, and what it would take to choose it. */
    static String text(Measured row, Measured choice, Standings standings) {
        String quality = quality(row, choice);
        double cost = standings.cost(row);
        double against = standings.cost(choice);
        double more = cost - against;
        boolean alike = Math.abs(more) <= ALIKE * Math.max(cost, against);
        String money = alike
                ? "as cheap"
                : (more > 0 ? "dearer" : "cheaper") + " by " + Money.text(Math.abs(more), standings.currency()) + " "
                        + standings.costUnit();
        return quality + ", " + money + wish(row, choice, alike ? 0 : more, standings);
    }

    /** Whether it would save as much a month as matters. */
    private static boolean savesMuch(Measured row, Measured choice, Standings standings) {
        Needs needs = standings.report().needs();
        return TotalCosts.of(choice, needs).month() - TotalCosts.of(row, needs).month() >= Costs.NEGLIGIBLE;
    }

    private static String wish(Measured row, Measured choice, double more, Standings standings) {
        for (String reason : standings.recommendation().reasons()) {
            if (reason.startsWith(row.strategy() + MISSED)) {
                return "; misses a limit: " + reason.substring((row.strategy() + MISSED).length());
            }
        }
        double points = between(row, choice).map(PairedDifference::difference).orElse(0.0);
        double tolerance = standings.report().needs().tolerance();
        if (points < -tolerance && more < 0 && savesMuch(row, choice, standings)) {
            return "; chosen if that loss is acceptable";
        }
        boolean free = standings.report().needs().stakes().freeErrors();
        if (points > 0 && points <= tolerance && more >= 0 && !free) {
            return "; chosen with a tolerance below " + Figures.points(points);
        }
        return "";
    }
}
