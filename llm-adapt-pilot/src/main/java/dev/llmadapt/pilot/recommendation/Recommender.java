package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.recommendation.Recommendation.Verdict;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Chooses a candidate of those that meet the needs. Where errors have a price, that is the one with the least total of
 * a month. Else it is the cheapest whose quality is enough: the least the needs name, and, unless errors are said to
 * cost nothing, no more than the tolerance below the best; costs within a factor of two count as equal, since times are
 * measured once, and so do those of candidates without a language model that are negligibly apart; then quality
 * decides. What needs no language model goes before what does.
 *
 * <p>The choice is certain when {@link Evidence} shows all there is to show. If one of the claims is wrong, the choice
 * may be; that happens in at most 5 % of tasks. It is tied when what is not shown does not matter much: at 95 % none of
 * the others is better by more than {@value #TIE}, or two and a half times the tolerance.
 */
final class Recommender {
    private static final double CONSISTENT = 0.8;
    private static final double TIE = 0.05;
    private static final double TIE_TOLERANCES = 2.5;
    /** Who answered so many tests may be chosen though others answered more. */
    private static final int LEAST_TESTS = 30;
    /** Costs that are no more than so many times the least count as equal to it. */
    private static final double EQUAL_COSTS = 2;

    private Recommender() {}

    static Recommendation recommend(List<Measured> rows, Needs needs) {
        return recommend(rows, needs, Set.of());
    }

    static Recommendation recommend(List<Measured> rows, Needs needs, Set<String> outOfTime) {
        List<Measured> meeting = new ArrayList<>();
        Map<Measured, String> missing = new LinkedHashMap<>();
        for (Measured row : rows) {
            missed(row, needs).ifPresentOrElse(why -> missing.put(row, why), () -> meeting.add(row));
        }
        Reasons reasons = new Reasons(needs, missing);
        if (meeting.isEmpty()) {
            return none(Optional.empty(), reasons.nobodyMeets(rows), List.of());
        }
        Worth worth = new Worth(needs);
        List<Measured> known = known(meeting);
        Measured best = best(known);
        List<Measured> enough = known.stream()
                .filter(row -> row.quality() >= needs.minimumQuality()
                        && (worth.priced()
                                || needs.stakes().freeErrors()
                                || same(row, best)
                                || row.differenceFrom(best).difference() >= -needs.tolerance()))
                .sorted(Comparator.comparingDouble(worth::month))
                .toList();
        if (enough.isEmpty()) {
            return none(
                    Optional.of(best.strategy()),
                    reasons.notEnough(best),
                    List.of("a least quality of " + Reasons.percent(best.quality()) + " or less"));
        }
        Measured choice = choice(enough, worth);
        List<Measured> cheaper = worth.priced()
                ? List.of()
                : meeting.stream().filter(row -> worth.cheaper(row, choice)).toList();
        Evidence evidence = Evidence.of(choice, meeting, cheaper, worth, needs, outOfTime);
        Optional<Measured> runnerUp = enough.stream()
                .filter(row -> !same(row, choice))
                .findFirst()
                .or(() -> meeting.stream()
                        .filter(row -> !same(row, choice))
                        .max(Comparator.comparingInt(
                                        (Measured row) -> row.outcomes().size())
                                .thenComparingDouble(Measured::quality)));
        return new Recommendation(
                verdict(evidence, rows.size(), needs),
                Optional.of(choice.strategy()),
                runnerUp.map(Measured::strategy),
                evidence.mayBeBetter().stream().map(Measured::strategy).toList(),
                meeting.size() < 2 ? OptionalDouble.empty() : OptionalDouble.of(evidence.atMostBetter()),
                reasons.of(choice, best, meeting, evidence, worth),
                Changes.of(choice, meeting, missing, worth, needs),
                needed(evidence, meeting, outOfTime),
                moreTime(evidence, outOfTime));
    }

    private static Recommendation none(Optional<String> best, List<String> reasons, List<String> changes) {
        return new Recommendation(
                Verdict.NONE_MEETS_THE_NEEDS,
                Optional.empty(),
                best,
                List.of(),
                OptionalDouble.empty(),
                reasons,
                changes,
                OptionalInt.empty(),
                false);
    }

    /** Whether all that is not shown is about candidates that ran out of time. */
    private static boolean moreTime(Evidence evidence, Set<String> outOfTime) {
        return !(evidence.mayBeBetter().isEmpty() && evidence.mayBeEnough().isEmpty())
                && Stream.concat(evidence.mayBeBetter().stream(), evidence.mayBeEnough().stream())
                        .allMatch(row -> outOfTime.contains(row.strategy()));
    }

    /** How many test examples would settle it; empty where time is lacking first, and there are fewer. */
    private static OptionalInt needed(Evidence evidence, List<Measured> meeting, Set<String> outOfTime) {
        int most = meeting.stream().mapToInt(row -> row.outcomes().size()).max().orElse(0);
        return moreTime(evidence, outOfTime) && evidence.needed().orElse(0) > most
                ? OptionalInt.empty()
                : evidence.needed();
    }

    /** Those that answered as many test examples as any, or enough of them. */
    private static List<Measured> known(List<Measured> meeting) {
        int most = meeting.stream().mapToInt(row -> row.outcomes().size()).max().orElse(0);
        return meeting.stream()
                .filter(row -> row.outcomes().size() >= Math.min(most, LEAST_TESTS))
                .toList();
    }

    /** The best one, beside the best of those with most tests: for lack of time others may have answered fewer. */
    private static Measured best(List<Measured> known) {
        Measured most = known.stream()
                .max(Comparator.comparingInt((Measured row) -> row.outcomes().size())
                        .thenComparingDouble(Measured::quality))
                .orElseThrow();
        return known.stream()
                .max(Comparator.comparingDouble(row -> row.differenceFrom(most).difference()))
                .orElseThrow();
    }

    /**
     * The choice of those that are good enough. One that needs no language model is chosen before those that do; of
     * several, the best, if what it costs more does not matter.
     */
    private static Measured choice(List<Measured> cheapestFirst, Worth worth) {
        if (worth.priced()) {
            return cheapestFirst.get(0);
        }
        List<Measured> simple =
                cheapestFirst.stream().filter(Recommender::needsNoModel).toList();
        List<Measured> rows = simple.isEmpty() ? cheapestFirst : simple;
        double least = worth.month(rows.get(0));
        double limit = Math.max(EQUAL_COSTS * least, simple.isEmpty() ? 0 : least + Costs.NEGLIGIBLE);
        return rows.stream()
                .filter(row -> worth.month(row) <= limit)
                .max(Comparator.comparingDouble(Measured::quality))
                .orElseThrow();
    }

    /** Whether it answers without a language model: nobody is prompted. */
    static boolean needsNoModel(Measured row) {
        return row.details().family().compareTo(StrategyFamily.CLASSIFIER) <= 0
                && row.details().prompts().isEmpty();
    }

    /** A single candidate that is compared with none, and with no least quality, is not shown to be anything. */
    private static Verdict verdict(Evidence evidence, int measured, Needs needs) {
        if (evidence.complete() && (measured > 1 || needs.minimumQuality() > 0)) {
            return Verdict.CERTAIN;
        }
        boolean tied = measured > 1
                && !needs.stakes().freeErrors()
                && evidence.reachesLeast()
                && evidence.atMostBetter() <= Math.max(TIE, TIE_TOLERANCES * needs.tolerance());
        return tied ? Verdict.TIED : Verdict.NOT_ENOUGH_EVIDENCE;
    }

    /** The hard limit that a row misses, in words. */
    private static Optional<String> missed(Measured row, Needs needs) {
        if (!needs.latency().isZero() && row.latency().p95().compareTo(needs.latency()) > 0) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "95%% of answers take up to %d ms, allowed are %d",
                    row.latency().p95().toMillis(),
                    needs.latency().toMillis()));
        }
        long memory = row.details().memoryBytes();
        if (needs.memoryBytes() > 0 && memory > needs.memoryBytes()) {
            return Optional.of((memory >> 20) + " MB of memory, allowed are " + (needs.memoryBytes() >> 20));
        }
        Share alike = row.details().stability().paraphrase();
        // shown to be below, not merely measured there
        if (needs.consistent()
                && alike.of() > 0
                && Interval.wilson(alike.same(), alike.of()).high() < CONSISTENT) {
            return Optional.of("of " + alike.of() + " paraphrases " + alike.same() + " were answered alike");
        }
        if (row.adaptTime().compareTo(needs.trainingBudget()) > 0
                && !needs.trainingBudget().isZero()) {
            return Optional.of("adapting takes " + row.adaptTime().toSeconds() + " s, allowed are "
                    + needs.trainingBudget().toSeconds());
        }
        return Optional.empty();
    }

    static boolean same(Measured a, Measured b) {
        return a.strategy().equals(b.strategy());
    }
}
