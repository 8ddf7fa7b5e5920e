package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Money;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The claims that are commonly made of each family of strategies, and where this task's numbers say otherwise. A family
 * is judged by its best candidate.
 */
final class FieldTable {
    /** The normal quantile of a 95 % interval. */
    private static final double SHOWN = 1.959963984540054;

    private static final List<Saying> FIELD = List.of(
            new Saying(
                    StrategyFamily.BASELINE,
                    "at once",
                    "nothing",
                    "nothing, it is the floor",
                    "examples or passages",
                    "knowing what others must beat"),
            new Saying(
                    StrategyFamily.CLASSIFIER,
                    "seconds to minutes",
                    "next to none, no text is written",
                    "one decision among labels",
                    "tens for each label",
                    "labels that stay, much traffic"),
            new Saying(
                    StrategyFamily.PROMPTING,
                    "minutes",
                    "low to begin, long prompts cost each time",
                    "wording and examples",
                    "none to a few",
                    "first tries, changing tasks"),
            new Saying(
                    StrategyFamily.RETRIEVAL,
                    "hours",
                    "an index, and passages in each prompt",
                    "what it knows",
                    "a corpus, no labels",
                    "knowledge that changes, sources"),
            new Saying(
                    StrategyFamily.PROMPT_TUNING,
                    "minutes to hours",
                    "small training, short prompts",
                    "the task, weights stay",
                    "some hundreds",
                    "many tasks on one model"),
            new Saying(
                    StrategyFamily.FINE_TUNING,
                    "hours",
                    "training, then the cheapest answers",
                    "behaviour and format, the deepest",
                    "hundreds to thousands",
                    "steady tasks, much traffic"));

    private FieldTable() {}

    /**
     * The claims about one family.
     *
     * @param family which
     * @param speed how soon it is there
     * @param cost what it costs
     * @param customization what it changes
     * @param data what it needs to learn from
     * @param fit what it is for
     */
    record Saying(StrategyFamily family, String speed, String cost, String customization, String data, String fit) {}

    static List<Saying> sayings() {
        return FIELD;
    }

    private static String measured(Measured row, Needs needs) {
        return row.strategy() + ": " + Figures.percent(row.quality()) + ", " + Figures.time(row.adaptTime())
                + " to adapt, "
                + Money.text(Costs.of(row, needs).perThousand(), needs.stakes().currency())
                + " per 1000 requests";
    }

    /** The best measured strategy of each family, in words. */
    static Map<StrategyFamily, String> measuredBest(PilotReport report) {
        Map<StrategyFamily, String> words = new EnumMap<>(StrategyFamily.class);
        best(report).forEach((family, row) -> words.put(family, measured(row, report.needs())));
        return words;
    }

    private static Map<StrategyFamily, Measured> best(PilotReport report) {
        Map<StrategyFamily, Measured> best = Standings.of(report).bestOfFamilies();
        best.remove(StrategyFamily.OTHER);
        return best;
    }

    /**
     * The claims that the measurement contradicts, by more than can be chance or noise. What was cut short, in tests or
     * in training, contradicts nothing.
     */
    static List<String> differences(PilotReport report) {
        Map<StrategyFamily, Measured> best = best(report);
        int most = best.values().stream()
                .mapToInt(row -> row.outcomes().size())
                .max()
                .orElse(0);
        best.values()
                .removeIf(row -> row.outcomes().size() < most
                        || row.details().trainExamples() < report.task().trainExamples());
        List<String> differences = new ArrayList<>();
        List<StrategyFamily> byQuality = List.of(
                StrategyFamily.PROMPTING,
                StrategyFamily.RETRIEVAL,
                StrategyFamily.PROMPT_TUNING,
                StrategyFamily.FINE_TUNING);
        classifierAhead(best, byQuality).ifPresent(differences::add);
        Measured prompting = best.get(StrategyFamily.PROMPTING);
        for (StrategyFamily family : byQuality.subList(1, byQuality.size())) {
            Measured row = best.get(family);
            if (row == null || prompting == null) {
                continue;
            }
            PairedDifference ahead = prompting.differenceFrom(row);
            if (ahead.interval(SHOWN).low() > 0) {
                differences.add(String.format(
                        Locale.ROOT,
                        "%s is said to give more quality than prompting; here %s is %.1f points behind %s on the same"
                                + " %d tests (training size %d)",
                        family.title(),
                        row.strategy(),
                        100 * ahead.difference(),
                        prompting.strategy(),
                        ahead.pairs(),
                        row.details().trainExamples()));
            }
        }
        slower(
                best,
                StrategyFamily.FINE_TUNING,
                StrategyFamily.PROMPTING,
                "answers",
                differences,
                row -> Costs.of(row, report.needs()).perThousand());
        slower(
                best,
                StrategyFamily.PROMPT_TUNING,
                StrategyFamily.RETRIEVAL,
                "answers",
                differences,
                row -> Costs.of(row, report.needs()).perThousand());
        slower(
                best,
                StrategyFamily.PROMPTING,
                StrategyFamily.FINE_TUNING,
                "adapting",
                differences,
                row -> row.adaptTime().toNanos());
        return differences;
    }

    private static Optional<String> classifierAhead(
            Map<StrategyFamily, Measured> best, List<StrategyFamily> languageModels) {
        Measured classifier = best.get(StrategyFamily.CLASSIFIER);
        if (classifier == null) {
            return Optional.empty();
        }
        return languageModels.stream()
                .filter(best::containsKey)
                .map(best::get)
                .max(Comparator.comparingInt((Measured row) -> row.outcomes().size())
                        .thenComparingDouble(Measured::quality))
                .filter(row -> classifier.differenceFrom(row).interval(SHOWN).low() > 0)
                .map(row -> String.format(
                        Locale.ROOT,
                        "a language model is said to answer better than a classifier; here %s is %.1f points behind %s on"
                                + " the same %d examples",
                        row.strategy(),
                        100 * classifier.differenceFrom(row).difference(),
                        classifier.strategy(),
                        classifier.differenceFrom(row).pairs()));
    }

    private static void slower(
            Map<StrategyFamily, Measured> best,
            StrategyFamily cheap,
            StrategyFamily costly,
            String what,
            List<String> differences,
            ToDoubleFunction<Measured> cost) {
        Measured a = best.get(cheap);
        Measured b = best.get(costly);
        if (a != null && b != null && cost.applyAsDouble(a) > 1.25 * cost.applyAsDouble(b)) {
            differences.add(String.format(
                    Locale.ROOT,
                    "%s is said to be cheaper than %s in %s; here %s costs %.1f times as much as %s",
                    cheap.title(),
                    costly.title(),
                    what,
                    a.strategy(),
                    cost.applyAsDouble(a) / Math.max(cost.applyAsDouble(b), 1e-12),
                    b.strategy()));
        }
    }
}
