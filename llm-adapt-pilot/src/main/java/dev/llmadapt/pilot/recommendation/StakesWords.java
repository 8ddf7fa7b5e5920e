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
            parts.add("people alone " + Money.text(TotalCosts.ofPeople(needs).month(), stakes.currency()));
            abstaining(row, needs).ifPresent(parts::add);
        }
        return Optional.of(String.join("; ", parts));
    }

    /** What a person behind it changes; where no precision is asked for, an example, if there is one. */
    private static Optional<String> abstaining(Measured row, Needs needs) {
        Stakes stakes = needs.stakes();
        double wanted = stakes.precisionOrExample();
        Abstention abstention = Abstention.of(row.outcomes(), wanted);
        boolean sharp = abstention.chosen().filter(point -> point.share() < 1).isPresent();
        if (abstention.curve().isEmpty() || !(stakes.asksPrecision() || sharp)) {
            return Optional.empty();
        }
        String right = String.format(Locale.ROOT, "%.4g%%", 100 * wanted).replaceFirst("\\.?0+%", "%");
        if (abstention.chosen().isEmpty()) {
            return Optional.of("no threshold is shown to make " + right + " of its own answers right, which takes "
                    + Abstention.leastAnswers(wanted) + " test examples at least");
        }
        Abstention.Point point = abstention.chosen().get();
        if (point.share() == 1) {
            return Optional.of("at least " + right + " of its answers are right without a person");
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%s%s where it answers the %.0f%% that are surer than %.2f, at least %s of them right, and a person the rest%s",
                stakes.asksPrecision() ? "" : "for example ",
                Money.text(TotalCosts.of(row, needs, point).month(), stakes.currency()),
                100 * point.share(),
                point.above(),
                right,
                stakes.asksPrecision() ? "" : " (--min-precision)"));
    }
}
