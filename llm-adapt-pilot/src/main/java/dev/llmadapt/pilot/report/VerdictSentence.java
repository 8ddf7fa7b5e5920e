package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The recommendation of a report in one sentence, with its quality, time and price, and how sure it is. */
public final class VerdictSentence {
    private VerdictSentence() {}

    /** The sentence. */
    public static String of(PilotReport report) {
        return of(Standings.of(report));
    }

    /** What must be known with it: that no language model is needed, or that nothing beats the commonest label. */
    public static List<String> remarks(PilotReport report) {
        return remarks(Standings.of(report));
    }

    static String of(Standings standings) {
        Optional<Measured> choice = standings.choice();
        return choice.isEmpty() && standings.ranked().isEmpty()
                ? "No candidate was measured, so none can be recommended."
                : standings
                        .recommendation()
                        .sentence(
                                choice.map(row -> figures(row, standings)).orElseGet(() -> missed(standings)),
                                atMost(standings));
    }

    /** By how much another may be better, in points, or in money where errors have a price. */
    private static String atMost(Standings standings) {
        double share = Math.max(0, standings.recommendation().atMostBetter().orElse(0));
        Stakes stakes = standings.report().needs().stakes();
        double dearest =
                stakes.errors().values().stream().mapToDouble(price -> price).reduce(stakes.error(), Math::max);
        return dearest > 0
                ? Money.text(share * dearest * standings.report().needs().requestsPerMonth(), stakes.currency())
                        + " a month"
                : Figures.points(share);
    }

    /** Such as {@code accuracy 90.0% (79.9 to 95.3%) on 60 tests, 4.0 ms an answer, 0.0001 per 1000 requests}. */
    static String figures(Measured row, Standings standings) {
        double cost = standings.cost(row);
        return standings.report().task().metric() + " " + Figures.percent(row.quality()) + " ("
                + Figures.interval(row.interval()) + ") on "
                + Figures.count(row.outcomes().size(), "test") + ", "
                + Figures.time(row.latency().median()) + " an answer, "
                + (cost == 0 ? "no cost" : Money.text(cost, standings.currency())) + " " + standings.costUnit();
    }

    /** The best of those that do not meet the needs. */
    private static String missed(Standings standings) {
        Measured best = standings.ranked().get(0);
        double least = standings.report().needs().minimumQuality();
        return "the best of " + standings.ranked().size() + ", " + best.strategy() + ", reaches "
                + figures(best, standings)
                + (best.quality() < least ? "; asked is " + Figures.percent(least) : "; it misses a limit");
    }

    static List<String> remarks(Standings standings) {
        List<String> remarks = new ArrayList<>();
        standings.choice().ifPresent(choice -> {
            poor(choice, standings).ifPresent(remarks::add);
            people(choice, standings.report().needs()).ifPresent(remarks::add);
            noLanguageModel(choice, standings).ifPresent(remarks::add);
        });
        return remarks;
    }

    private static Optional<String> poor(Measured choice, Standings standings) {
        Optional<Baselines> baselines = standings.report().task().baselines();
        if (baselines.isEmpty() || choice.interval().low() > baselines.get().majority()) {
            return Optional.empty();
        }
        return Optional.of(
                "None is shown to be of use: always '" + baselines.get().majorityLabel() + "' is right in "
                        + Figures.percent(baselines.get().majority()) + ".");
    }

    /** That people would do the work for less, where they have a price. */
    private static Optional<String> people(Measured choice, Needs needs) {
        if (needs.stakes().person() == 0) {
            return Optional.empty();
        }
        double people = TotalCosts.ofPeople(needs).month();
        TotalCosts costs = TotalCosts.of(choice, needs);
        if (people >= costs.month()) {
            return Optional.empty();
        }
        String currency = needs.stakes().currency();
        return Optional.of("People alone " + (people < costs.range().low() ? "would" : "may") + " cost less: "
                + Money.text(people, currency) + " a month, against " + Money.text(costs.month(), currency) + ".");
    }

    private static Optional<String> noLanguageModel(Measured choice, Standings standings) {
        if (usesLanguageModel(choice)) {
            return Optional.empty();
        }
        Optional<Measured> best = standings.ranked().stream()
                .filter(VerdictSentence::usesLanguageModel)
                .findFirst();
        if (best.isEmpty()
                && standings.report().rows().stream()
                        .anyMatch(row ->
                                row instanceof RuledOut out && out.reason().startsWith("the budget"))) {
            return Optional.of(
                    "There was no time to measure anything with a language model; a longer budget has some.");
        }
        return best.map(row -> "You need no language model for this: the best that uses one, " + row.strategy()
                + ", is " + Distance.quality(row, choice) + ".");
    }

    /** Whether a candidate asks a language model: it was sent a prompt, or is of a kind that sends one. */
    static boolean usesLanguageModel(Measured row) {
        return !row.details().prompts().isEmpty() || row.details().family().compareTo(StrategyFamily.CLASSIFIER) > 0;
    }
}
