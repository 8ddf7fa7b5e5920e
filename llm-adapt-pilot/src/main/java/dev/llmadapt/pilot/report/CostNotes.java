package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Prices;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the amounts of a report rest on: their unit, the prices, and the requests of a month. */
final class CostNotes {
    private static final String MONTH = "a month";

    private CostNotes() {}

    /** A sentence; empty where nothing was measured, and so nothing costs anything. */
    static Optional<String> of(Standings standings) {
        if (standings.ranked().isEmpty()) {
            return Optional.empty();
        }
        Needs needs = standings.report().needs();
        Prices prices = needs.prices();
        boolean hosted =
                standings.ranked().stream().anyMatch(row -> row.details().hosted());
        boolean local =
                standings.ranked().stream().anyMatch(row -> !row.details().hosted());
        StringBuilder text = new StringBuilder("Costs are in ");
        text.append(standings.currency().isEmpty() ? "the unit of your prices (--currency)" : standings.currency());
        if (local || !prices.hosted()) {
            text.append(": an hour of this machine at ")
                    .append(plain(prices.computeHour()))
                    .append(" (--compute-price)");
        }
        if (prices.hosted()) {
            text.append(
                    hosted
                            ? (local ? ", " : ": ") + "a million tokens of a hosted model at "
                                    + plain(prices.promptMillion()) + " read and " + plain(prices.completionMillion())
                                    + " written"
                            : "; --prompt-price and --completion-price are not used, no model that was measured is"
                                    + " hosted");
        }
        if (!needs.stakes().errors().isEmpty() && needs.stakes().error().orElse(0) == 0) {
            text.append(". Errors cost nothing but those of the pairs of labels in --error-price's file");
        }
        if (tellsMonths(standings)) {
            text.append(". A month has ").append(Figures.count(needs.requestsPerMonth(), "request"));
            if (needs.requestsPerMonth() == Needs.defaults().requestsPerMonth()) {
                text.append(", unless --requests says otherwise");
            }
        }
        return Optional.of(text.append('.').toString());
    }

    /** Whether an amount of a month is told, in the terminal as on the page. */
    private static boolean tellsMonths(Standings standings) {
        return Stream.of(
                        List.of(standings.costUnit()),
                        standings.reasons(),
                        standings.recommendation().wouldChange())
                .flatMap(List::stream)
                .anyMatch(text -> text.contains(MONTH));
    }

    private static String plain(double price) {
        return BigDecimal.valueOf(price).stripTrailingZeros().toPlainString();
    }
}
