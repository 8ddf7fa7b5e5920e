package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The sentence about what a candidate costs with its errors, and with a person behind it. */
final class StakesWords {
    private StakesWords() {}

    /** The sentence; empty where nothing beyond the machine costs anything. */
    static Optional<String> of(Measured row, Needs needs) {
        Stakes stakes = needs.stakes();
        if (!stakes.any() || row.outcomes().isEmpty()) {
            return Optional.empty();
        }
        TotalCosts costs = TotalCosts.of(row, needs);
        Interval range = costs.range();
        List<String> parts = new ArrayList<>();
        parts.add("in all " + Money.text(costs.month(), stakes.currency()) + " a month"
                + (range.high() > range.low() ? " (" + Money.text(range.low(), range.high(), "") + ")" : "")
                + ", of that errors " + Money.text(costs.errors(), ""));
        if (stakes.person() > 0) {
            parts.add("people alone "
                    + Money.text(TotalCosts.ofPeople(needs).month(), stakes.currency()));
            Abstention.of(row.outcomes(), stakes.precision())
                    .chosen()
                    .ifPresent(point -> parts.add(String.format(
                            Locale.ROOT,
                            "%s where a person answers the %.0f%% that are not surer than %.2f",
                            Money.text(TotalCosts.of(row, needs, point).month(), stakes.currency()),
                            100 * (1 - point.share()),
                            point.above())));
        }
        return Optional.of(String.join("; ", parts));
    }
}
