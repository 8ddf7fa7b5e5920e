package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The changes of needs and numbers that would change a recommendation, a sentence each. */
final class Changes {
    private Changes() {}

    static List<String> of(
            Measured choice, List<Measured> meeting, Map<Measured, String> missing, Worth worth, Needs needs) {
        List<String> changes = new ArrayList<>();
        if (!worth.priced()) {
            TotalCosts own = TotalCosts.of(choice, needs);
            for (Measured other : meeting) {
                if (Recommender.same(other, choice) || other.quality() < enough(choice, needs)) {
                    continue;
                }
                BreakEven from = TotalCosts.of(other, needs).requestsAgainst(own);
                double saved = own.machine() - TotalCosts.of(other, needs).machine();
                if (saved >= Costs.NEGLIGIBLE
                        && from.kind() == BreakEven.Kind.ABOVE
                        && !from.cheaperAt((double) needs.requestsPerMonth())) {
                    changes.add("more than " + Money.text(from.at(), "") + " requests a month: " + other.strategy()
                            + " is cheaper from there on");
                }
            }
            meeting.stream()
                    .filter(row -> worth.cheaper(row, choice))
                    .max(Comparator.comparingDouble(Measured::quality))
                    .ifPresent(next -> changes.add("if " + Reasons.points(choice.quality() - next.quality())
                            + " less quality is acceptable: " + next.strategy() + " is cheaper by "
                            + Money.text(
                                    worth.month(choice) - worth.month(next),
                                    needs.stakes().currency())
                            + " a month"));
        }
        meeting.stream()
                .filter(row -> row.quality() > choice.quality()
                        && row.outcomes().size() >= choice.outcomes().size())
                .max(Comparator.comparingDouble(Measured::quality))
                .ifPresent(row -> changes.add("if " + Reasons.points(row.quality() - choice.quality())
                        + " of quality matter: " + row.strategy()));
        missing.keySet().stream()
                .filter(row -> row.quality() > choice.quality() + needs.tolerance())
                .max(Comparator.comparingDouble(Measured::quality))
                .ifPresent(row -> changes.add("without the limit that it misses: " + row.strategy() + ", which reaches "
                        + Reasons.percent(row.quality()) + " (" + missing.get(row) + ")"));
        return changes;
    }

    /** The quality from which on another one is as good. */
    private static double enough(Measured choice, Needs needs) {
        return needs.stakes().freeErrors()
                ? needs.minimumQuality()
                : Math.max(needs.minimumQuality(), choice.quality() - needs.tolerance());
    }
}
