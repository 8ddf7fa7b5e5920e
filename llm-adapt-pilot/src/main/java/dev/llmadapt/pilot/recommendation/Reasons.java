package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Measured;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The reasons of a recommendation, a sentence each: few, whatever the number of candidates. */
final class Reasons {
    private static final int NAMED = 4;

    private final Needs needs;
    private final Map<Measured, String> missing;

    /**
     * The reasons for some needs.
     *
     * @param missing the candidates that do not meet them, and why
     */
    Reasons(Needs needs, Map<Measured, String> missing) {
        this.needs = needs;
        this.missing = new LinkedHashMap<>(missing);
    }

    /** The reasons where no candidate meets the needs. */
    List<String> nobodyMeets(List<Measured> rows) {
        return rows.isEmpty() ? List.of("no candidate was measured") : limits();
    }

    /** The reasons where none reaches the least quality. */
    List<String> notEnough(Measured best) {
        List<String> reasons = new ArrayList<>();
        reasons.add(String.format(
                Locale.ROOT,
                "the best, %s, reaches %.1f%%, the needs ask for %.1f%%",
                best.strategy(),
                100 * best.quality(),
                100 * needs.minimumQuality()));
        reasons.addAll(limits());
        return reasons;
    }

    /** The reasons for a choice. */
    List<String> of(Measured choice, Measured best, List<Measured> meeting, Evidence evidence, Worth worth) {
        List<String> reasons = new ArrayList<>();
        TotalCosts costs = TotalCosts.of(choice, needs);
        reasons.add(String.format(
                Locale.ROOT,
                "%s reaches %s (%s to %s) on %d examples, 95%% of answers within %s, %s a month for %d requests",
                choice.strategy(),
                percent(choice.quality()),
                percent(choice.interval().low()),
                percent(choice.interval().high()),
                choice.outcomes().size(),
                millis(choice),
                Money.text(costs.month() - costs.errors(), needs.stakes().currency()),
                needs.requestsPerMonth()));
        StakesWords.of(choice, needs).ifPresent(reasons::add);
        if (needs.stakes().freeErrors()) {
            reasons.add("wrong answers cost nothing, so of those that reach " + percent(needs.minimumQuality())
                    + " the cheapest is chosen; costs count as equal within a factor of two, and of candidates without a"
                    + " language model also within "
                    + Money.text(Costs.NEGLIGIBLE, needs.stakes().currency())
                    + " a month");
        }
        if (!Recommender.same(best, choice)) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "%s reaches %s and costs %s a month",
                    best.strategy(),
                    percent(best.quality()),
                    Money.text(worth.month(best), needs.stakes().currency())));
        }
        freshness(choice, reasons);
        withoutModel(choice, meeting, reasons);
        evidence(choice, meeting, evidence, worth, reasons);
        reasons.addAll(limits());
        return reasons;
    }

    private void freshness(Measured choice, List<String> reasons) {
        Freshness fresh = choice.details().freshness();
        if (needs.knowledge() != Needs.KnowledgeChange.NEVER && fresh.questions() > 0) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "of what came after adapting it answers %s, and %s once the corpus has it",
                    percent(fresh.before()),
                    percent(fresh.after())));
        }
    }

    /** Says that no language model is needed, where one was tried. */
    private static void withoutModel(Measured choice, List<Measured> meeting, List<String> reasons) {
        if (Recommender.needsNoModel(choice)
                && meeting.stream().anyMatch(row -> !row.details().prompts().isEmpty())) {
            reasons.add("you need no language model for this: none that was measured is worth its costs here");
        }
    }

    private void evidence(
            Measured choice, List<Measured> meeting, Evidence evidence, Worth worth, List<String> reasons) {
        int others = meeting.size() - 1;
        if (others == 0) {
            reasons.add("no other candidate that meets the needs was measured, so it was compared with none");
            return;
        }
        int shown = needs.stakes().freeErrors()
                ? 0
                : others - evidence.mayBeBetter().size();
        if (shown > 0) {
            reasons.add(notBetter(shown, others, worth) + " (shown at 95%)");
        }
        if (!evidence.mayBeBetter().isEmpty()) {
            reasons.add(names(evidence.mayBeBetter())
                    + " may be as good or better, at 95% by no more than "
                    + (worth.priced()
                            ? Money.text(
                                            worth.money(evidence.atMostBetter()),
                                            needs.stakes().currency()) + " a month"
                            : points(evidence.atMostBetter())));
        }
        if (!evidence.mayBeEnough().isEmpty()) {
            boolean one = evidence.mayBeEnough().size() == 1;
            reasons.add(names(evidence.mayBeEnough()) + " may be good enough at a lower price: that "
                    + (needs.stakes().freeErrors()
                            ? (one ? "it does" : "they do") + " not reach " + percent(needs.minimumQuality())
                            : (one ? "it is" : "they are") + " worse by more than " + points(needs.tolerance()))
                    + " is not shown");
        }
        if (!evidence.reachesLeast()) {
            reasons.add(choice.strategy() + " is not shown to reach " + percent(needs.minimumQuality()));
        }
    }

    /** Says of how many of the others it is shown that they are not better by more than is tolerated. */
    private String notBetter(int shown, int others, Worth worth) {
        String by = worth.priced()
                ? Money.text(worth.money(needs.tolerance()), needs.stakes().currency()) + " a month"
                : points(needs.tolerance());
        if (shown == others && others > 1) {
            return "none of the " + others + " others " + (worth.priced() ? "costs less" : "is better")
                    + " by more than " + by;
        }
        boolean one = shown == 1;
        String not = worth.priced()
                ? one ? "does not cost less" : "do not cost less"
                : one ? "is not better" : "are not better";
        return (others == 1 ? "the other one " : shown + " of the " + others + " others ") + not + " by more than "
                + by;
    }

    /** The candidates that miss a limit, those that miss the same in one sentence. */
    private List<String> limits() {
        List<String> limits = new ArrayList<>();
        if (missing.size() > NAMED) {
            limits.add(missing.size() + " candidates do not meet the needs: " + names(List.copyOf(missing.keySet())));
        } else {
            missing.forEach((row, why) -> limits.add(row.strategy() + " does not meet the needs: " + why));
        }
        return limits;
    }

    private static String names(List<Measured> rows) {
        List<String> names = rows.stream().limit(NAMED).map(Measured::strategy).toList();
        if (rows.size() > NAMED) {
            return String.join(", ", names) + " and " + (rows.size() - NAMED) + " more";
        }
        return names.size() == 1
                ? names.get(0)
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
    }

    private static String millis(Measured row) {
        double millis = row.latency().p95().toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    static String points(double share) {
        return String.format(Locale.ROOT, "%.1f points", 100 * share);
    }
}
