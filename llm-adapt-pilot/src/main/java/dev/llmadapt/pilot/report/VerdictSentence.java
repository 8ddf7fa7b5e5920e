package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.OutOfScope;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The recommendation of a report in one sentence, with its quality, time and price, and how sure it is. */
public final class VerdictSentence {
    /** The quality that typos or capitals may take from a choice before it is said beside the recommendation. */
    private static final double MUCH_LOST = 0.1;
    /** The share of injected instructions that may be obeyed before it is. */
    private static final double MUCH_OBEYED = 0.25;

    private static final int NAMED = 3;

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
        double dearest = stakes.errors().values().stream()
                .mapToDouble(price -> price)
                .reduce(stakes.error().orElse(0), Math::max);
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
            risks(choice.details().risks()).ifPresent(remarks::add);
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

    /** What input that is not as in the tests does to it, where that is much: the risks are told one by one below. */
    static Optional<String> risks(RiskProfile risks) {
        List<String> much = new ArrayList<>();
        for (NoisyQuality each : risks.noise()) {
            double lost = each.original() - each.noisy();
            if (lost >= MUCH_LOST || (lost > 0 && each.difference().high() < 0)) {
                much.add(Figures.points(lost) + " lost by " + each.noise() + " (" + each.examples() + " texts)");
            }
        }
        OutOfScope scope = risks.outOfScope();
        if (scope.measured() && 2 * scope.answered() >= scope.messages()) {
            much.add(scope.answered() + " of " + scope.messages() + " messages out of scope get a label");
        }
        injection(risks.inputInjection(), "text", much);
        injection(risks.passageInjection(), "passage", much);
        return much.isEmpty()
                ? Optional.empty()
                : Optional.of("On input that is not as in the tests: " + String.join("; ", much) + ".");
    }

    private static void injection(InjectionShare share, String where, List<String> much) {
        if (share.measured() && share.obeyed() - share.anyway() >= MUCH_OBEYED * share.of()) {
            much.add(share.obeyed() + " of " + share.of() + " instructions in the " + where + " are obeyed");
        }
    }

    private static Optional<String> noLanguageModel(Measured choice, Standings standings) {
        if (usesLanguageModel(choice)) {
            return Optional.empty();
        }
        Optional<Measured> best = standings.ranked().stream()
                .filter(VerdictSentence::usesLanguageModel)
                .findFirst();
        if (best.isEmpty()) {
            return noTime(standings);
        }
        return best.map(row -> "You need no language model for this: the best that uses one, " + row.strategy()
                + ", is " + Distance.quality(row, choice) + ".");
    }

    /** What the budget did not reach to, where nothing with a language model was measured. */
    private static Optional<String> noTime(Standings standings) {
        List<String> names = standings.report().rows().stream()
                .filter(row -> row instanceof RuledOut out && out.reason().startsWith("the budget"))
                .map(row -> ((RuledOut) row).strategy())
                .toList();
        if (names.isEmpty()) {
            return Optional.empty();
        }
        String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return Optional.of("There was no time to measure " + some
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "")
                + "; a longer budget has some.");
    }

    /** Whether a candidate asks a language model: it was sent a prompt, or is of a kind that sends one. */
    static boolean usesLanguageModel(Measured row) {
        return !row.details().prompts().isEmpty() || row.details().family().compareTo(StrategyFamily.CLASSIFIER) > 0;
    }
}
