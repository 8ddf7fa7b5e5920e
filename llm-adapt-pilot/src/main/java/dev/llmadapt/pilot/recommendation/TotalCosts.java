package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The costs of a month with a candidate, or with people, with all that follows from its errors.
 *
 * <p>Left out is what all candidates share: the test examples' labels, the integration.
 *
 * @param requests the requests of the month
 * @param machine of the machine or the tokens that answer
 * @param errors of wrong answers, at the error rate as measured
 * @param errorsRange of wrong answers, over the 95 % interval of the error rate
 * @param person of the requests that a person answers
 * @param adaptation of the machine that adapts once, spread over the horizon
 * @param labels of the labelled examples it learned from, spread over the horizon
 * @param refresh of training or indexing anew as often as knowledge changes
 * @param errorRate the share of requests that are answered wrongly without a person, in [0, 1]
 */
public record TotalCosts(
        long requests,
        double machine,
        double errors,
        Interval errorsRange,
        double person,
        double adaptation,
        double labels,
        double refresh,
        double errorRate) {
    private static final Interval NOTHING = new Interval(0, 0);

    /** The costs where the candidate answers every request. */
    public static TotalCosts of(Measured row, Needs needs) {
        return of(row, needs, outcome -> true);
    }

    /**
     * The costs where the candidate answers what is surer than a point of its abstention curve, and a person the rest.
     */
    public static TotalCosts of(Measured row, Needs needs, Abstention.Point point) {
        return of(row, needs, point::answers);
    }

    private static TotalCosts of(Measured row, Needs needs, Predicate<Outcome> automatic) {
        Stakes stakes = needs.stakes();
        List<Outcome> outcomes = row.outcomes();
        if (outcomes.isEmpty()) {
            throw new IllegalArgumentException(row.strategy() + " has no outcomes, costs need at least 1");
        }
        long requests = needs.requestsPerMonth();
        Costs costs = Costs.of(row, needs);
        double most = stakes.mostOfAnError();
        // Losses as shares of the highest, so that their mean has an interval as scores have.
        double[] losses = outcomes.stream()
                .mapToDouble(outcome -> most > 0 && automatic.test(outcome) ? stakes.loss(outcome) / most : 0)
                .toArray();
        Interval share = most > 0 ? Interval.ofMean(losses) : NOTHING;
        double answered = outcomes.stream().filter(automatic).count() / (double) outcomes.size();
        double wrong = outcomes.stream()
                        .filter(automatic)
                        .mapToDouble(outcome -> 1 - outcome.score())
                        .sum()
                / outcomes.size();
        return new TotalCosts(
                requests,
                costs.perThousand() / 1000 * requests,
                requests * most * Arrays.stream(losses).average().orElse(0),
                new Interval(requests * most * share.low(), requests * most * share.high()),
                requests * (1 - answered) * stakes.person(),
                costs.adaptation() / stakes.horizonMonths(),
                row.details().trainExamples() * stakes.label() / stakes.horizonMonths(),
                refreshes(row.details().family())
                        ? costs.adaptation() * needs.knowledge().perMonth()
                        : 0,
                wrong);
    }

    /** The costs where a person answers every request, and makes no errors. */
    public static TotalCosts ofPeople(Needs needs) {
        double person = needs.requestsPerMonth() * needs.stakes().person();
        return new TotalCosts(needs.requestsPerMonth(), 0, 0, NOTHING, person, 0, 0, 0, 0);
    }

    /** The costs of the month, with errors as measured. */
    public double month() {
        return fixed() + machine + errors + person;
    }

    /** The costs of the month over the interval of errors. */
    public Interval range() {
        double others = fixed() + machine + person;
        return new Interval(others + errorsRange.low(), others + errorsRange.high());
    }

    /** The numbers of requests a month at which this way is cheaper than another. */
    public BreakEven requestsAgainst(TotalCosts other) {
        return BreakEven.of(fixed(), perRequest(), other.fixed(), other.perRequest());
    }

    /** The prices of an error, were it one for all, at which this way is cheaper than another. */
    public BreakEven errorPriceAgainst(TotalCosts other) {
        return BreakEven.of(
                month() - errors, requests * errorRate, other.month() - other.errors, other.requests * other.errorRate);
    }

    private double fixed() {
        return adaptation + labels + refresh;
    }

    private double perRequest() {
        return (machine + errors + person) / requests;
    }

    /**
     * Whether new knowledge makes it train or index anew; what is only prompted has the new knowledge in its prompt.
     */
    private static boolean refreshes(StrategyFamily family) {
        return switch (family) {
            case CLASSIFIER, RETRIEVAL, PROMPT_TUNING, FINE_TUNING -> true;
            case BASELINE, PROMPTING, OTHER -> false;
        };
    }
}
