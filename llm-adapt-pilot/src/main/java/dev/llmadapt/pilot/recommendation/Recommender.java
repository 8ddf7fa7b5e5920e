package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.recommendation.Recommendation.Verdict;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.Normal;
import dev.llmadapt.pilot.statistics.PairedDifference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Chooses the cheapest candidate whose quality is enough: the least the needs name, and no more than the tolerance
 * below the best that meets the other needs.
 *
 * <p>The choice is certain when each of these is shown by a paired one-sided test, at 5 % over all of them together
 * (Bonferroni): no other candidate is better by more than the tolerance; the choice reaches the least quality; and each
 * cheaper candidate is worse than the choice by more than the tolerance, or does not reach the least quality. If all
 * that is true, the choice is right; so it is wrong and called certain in at most 5 % of tasks.
 */
final class Recommender {
    private static final double ALPHA = 0.05;
    private static final double CONSISTENT = 0.8;

    private Recommender() {}

    static Recommendation recommend(List<Measured> rows, Needs needs) {
        List<String> reasons = new ArrayList<>();
        List<Measured> meeting = new ArrayList<>();
        Map<Measured, String> missing = new LinkedHashMap<>();
        for (Measured row : rows) {
            Optional<String> missed = missed(row, needs);
            if (missed.isEmpty()) {
                meeting.add(row);
            } else {
                reasons.add(row.strategy() + " does not meet the needs: " + missed.get());
                missing.put(row, missed.get());
            }
        }
        if (meeting.isEmpty()) {
            return new Recommendation(
                    Verdict.NONE_MEETS_THE_NEEDS,
                    Optional.empty(),
                    Optional.empty(),
                    rows.isEmpty() ? List.of("no candidate was measured") : reasons,
                    List.of(),
                    OptionalInt.empty());
        }
        Measured best = meeting.stream()
                .max(Comparator.comparingInt(
                                (Measured row) -> Math.min(row.outcomes().size(), 30))
                        .thenComparingDouble(Measured::quality))
                .orElseThrow();
        List<Measured> byCost = meeting.stream()
                .sorted(Comparator.comparingDouble(row -> Costs.of(row, needs).month()))
                .toList();
        List<Measured> enough = byCost.stream()
                .filter(row -> row.quality() >= needs.minimumQuality()
                        && (same(row, best) || row.differenceFrom(best).difference() >= -needs.tolerance()))
                .toList();
        if (enough.isEmpty()) {
            reasons.add(
                    0,
                    String.format(
                            Locale.ROOT,
                            "the best, %s, reaches %.1f%%, the needs ask for %.1f%%",
                            best.strategy(),
                            100 * best.quality(),
                            100 * needs.minimumQuality()));
            return new Recommendation(
                    Verdict.NONE_MEETS_THE_NEEDS,
                    Optional.empty(),
                    Optional.of(best.strategy()),
                    reasons,
                    List.of("a least quality of " + percent(best.interval().low()) + " or less"),
                    OptionalInt.empty());
        }
        Measured choice = enough.get(0);
        Evidence evidence = evidence(choice, byCost, needs);
        Optional<Measured> runnerUp = enough.size() > 1
                ? Optional.of(enough.get(1))
                : meeting.stream().filter(row -> !same(row, choice)).max(Comparator.comparingDouble(Measured::quality));
        reasons.addAll(0, why(choice, best, byCost, needs));
        reasons.addAll(evidence.missing());
        return new Recommendation(
                evidence.missing().isEmpty() ? Verdict.CERTAIN : Verdict.NOT_ENOUGH_EVIDENCE,
                Optional.of(choice.strategy()),
                runnerUp.map(Measured::strategy),
                reasons,
                changes(choice, meeting, missing, byCost, needs),
                evidence.needed());
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

    private record Evidence(List<String> missing, OptionalInt needed) {}

    private static Evidence evidence(Measured choice, List<Measured> byCost, Needs needs) {
        int tests = 2 * Math.max(byCost.size() - 1, 1) + (needs.minimumQuality() > 0 ? byCost.size() : 0);
        double z = Normal.quantile(1 - ALPHA / tests);
        List<String> missing = new ArrayList<>();
        int needed = 0;
        boolean never = false;
        if (needs.minimumQuality() > 0) {
            PairedDifference over = above(choice, needs.minimumQuality());
            if (over.interval(z).low() < 0) {
                missing.add(choice.strategy() + " is not shown to reach " + percent(needs.minimumQuality()));
                int pairs = over.pairsToSettle(0, z);
                never |= pairs == Integer.MAX_VALUE;
                needed = Math.max(needed, pairs);
            }
        }
        boolean cheaper = true;
        for (Measured other : byCost) {
            if (same(other, choice)) {
                cheaper = false;
                continue;
            }
            PairedDifference ahead = choice.differenceFrom(other);
            Interval interval = ahead.interval(z);
            if (interval.low() < -needs.tolerance()) {
                missing.add("that " + other.strategy() + " is not better by more than " + points(needs.tolerance())
                        + " is not shown");
                int pairs = ahead.pairsToSettle(-needs.tolerance(), z);
                never |= pairs == Integer.MAX_VALUE;
                needed = Math.max(needed, pairs);
            }
            if (!cheaper) {
                continue;
            }
            boolean belowLeast = needs.minimumQuality() > 0
                    && above(other, needs.minimumQuality()).interval(z).high() < 0;
            if (!belowLeast && interval.low() <= needs.tolerance()) {
                missing.add("that " + other.strategy() + ", which is cheaper, is worse by more than "
                        + points(needs.tolerance()) + " is not shown");
                int pairs = ahead.pairsToSettle(needs.tolerance(), z);
                never |= pairs == Integer.MAX_VALUE;
                needed = Math.max(needed, pairs);
            }
        }
        return new Evidence(missing, never || missing.isEmpty() ? OptionalInt.empty() : OptionalInt.of(needed));
    }

    private static PairedDifference above(Measured row, double least) {
        double[] scores = row.outcomes().stream().mapToDouble(Outcome::score).toArray();
        double[] bound = new double[scores.length];
        java.util.Arrays.fill(bound, least);
        return PairedDifference.of(scores, bound);
    }

    private static List<String> why(Measured choice, Measured best, List<Measured> byCost, Needs needs) {
        List<String> why = new ArrayList<>();
        Costs costs = Costs.of(choice, needs);
        why.add(String.format(
                Locale.ROOT,
                "%s reaches %s (%s to %s) on %d examples, 95%% of answers within %d ms, %s a month for %d requests",
                choice.strategy(),
                percent(choice.quality()),
                percent(choice.interval().low()),
                percent(choice.interval().high()),
                choice.outcomes().size(),
                choice.latency().p95().toMillis(),
                Money.text(costs.month(), needs.stakes().currency()),
                needs.requestsPerMonth()));
        StakesWords.of(choice, needs).ifPresent(why::add);
        if (!same(best, choice)) {
            why.add(String.format(
                    Locale.ROOT,
                    "%s reaches %s but costs %s a month; %s of quality count as none",
                    best.strategy(),
                    percent(best.quality()),
                    Money.text(Costs.of(best, needs).month(), needs.stakes().currency()),
                    points(needs.tolerance())));
        }
        if (byCost.size() == 1) {
            why.add("no other candidate that meets the needs was measured, so it was compared with none");
        }
        Freshness fresh = choice.details().freshness();
        if (needs.knowledge() != Needs.KnowledgeChange.NEVER && fresh.questions() > 0) {
            why.add(String.format(
                    Locale.ROOT,
                    "of what came after adapting it answers %s, and %s once the corpus has it",
                    percent(fresh.before()),
                    percent(fresh.after())));
        }
        long cheaper = byCost.indexOf(choice);
        if (cheaper > 0) {
            why.add(cheaper + (cheaper == 1 ? " candidate is" : " candidates are")
                    + " cheaper, none of them good enough");
        }
        return why;
    }

    private static List<String> changes(
            Measured choice,
            List<Measured> meeting,
            Map<Measured, String> missing,
            List<Measured> byCost,
            Needs needs) {
        List<String> changes = new ArrayList<>();
        Costs costs = Costs.of(choice, needs);
        for (Measured other : meeting) {
            if (same(other, choice) || other.quality() < choice.quality() - needs.tolerance()) {
                continue;
            }
            OptionalLong from = Costs.of(other, needs).breakEven(costs);
            if (from.isPresent() && from.getAsLong() > 0 && from.getAsLong() < 1_000_000_000_000L) {
                changes.add("more than " + from.getAsLong() + " requests in all: " + other.strategy()
                        + " is cheaper from there on");
            }
        }
        int place = byCost.indexOf(choice);
        if (place > 0) {
            byCost.subList(0, place).stream()
                    .max(Comparator.comparingDouble(Measured::quality))
                    .ifPresent(next -> changes.add("if " + points(choice.quality() - next.quality())
                            + " less quality is acceptable: " + next.strategy() + " is cheaper"));
        }
        meeting.stream()
                .filter(row -> row.quality() > choice.quality())
                .max(Comparator.comparingDouble(Measured::quality))
                .ifPresent(row -> changes.add(
                        "if " + points(row.quality() - choice.quality()) + " of quality matter: " + row.strategy()));
        missing.keySet().stream()
                .filter(row -> row.quality() > choice.quality() + needs.tolerance())
                .max(Comparator.comparingDouble(Measured::quality))
                .ifPresent(row -> changes.add("without the limit that it misses: " + row.strategy() + ", which reaches "
                        + percent(row.quality()) + " (" + missing.get(row) + ")"));
        return changes;
    }

    private static boolean same(Measured a, Measured b) {
        return a.strategy().equals(b.strategy());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static String points(double share) {
        return String.format(Locale.ROOT, "%.1f points", 100 * share);
    }
}
