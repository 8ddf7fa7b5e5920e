package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The changes of needs and numbers that would change a recommendation, a sentence each. */
final class Changes {
    private Changes() {}

    static List<String> of(
            Measured choice, List<Measured> meeting, Map<Measured, String> missing, Worth worth, Needs needs) {
        List<String> changes = new ArrayList<>();
        Costs costs = Costs.of(choice, needs);
        if (!worth.priced()) {
            for (Measured other : meeting) {
                if (Recommender.same(other, choice) || other.quality() < choice.quality() - needs.tolerance()) {
                    continue;
                }
                Costs others = Costs.of(other, needs);
                double saved = (costs.perThousand() - others.perThousand()) * needs.requestsPerMonth() / 1000;
                OptionalLong from = others.breakEven(costs);
                if (saved >= Costs.NEGLIGIBLE && from.isPresent() && from.getAsLong() > 0) {
                    changes.add("more than " + from.getAsLong() + " requests in all: " + other.strategy()
                            + " is cheaper from there on");
                }
            }
            meeting.stream()
                    .filter(row -> worth.month(choice) - worth.month(row) >= Costs.NEGLIGIBLE)
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
}
