package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.recommendation.Costs;
import dev.llmadapt.pilot.recommendation.Recommendation;
import dev.llmadapt.pilot.recommendation.TotalCosts;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rows of a report in the order in which people read them, with its recommendation.
 *
 * @param report the report
 * @param recommendation for its needs
 * @param ranked the measured rows: those that answered all tests before the others, each by quality, the best first
 */
record Standings(PilotReport report, Recommendation recommendation, List<Measured> ranked) {
    /** A reason that ends with figures of its own, such as {@code the budget did not reach to it: 86 s expected}. */
    private static final Pattern NUMBERS = Pattern.compile("(.*[^:]): ([0-9][^:]*)");

    static Standings of(PilotReport report) {
        List<Measured> measured = report.measured();
        int most = most(measured);
        return new Standings(
                report,
                report.recommendation(),
                measured.stream()
                        .sorted(Comparator.comparing(
                                        (Measured row) -> row.outcomes().size() < most)
                                .thenComparing(Comparator.comparingDouble(Measured::quality)
                                        .reversed())
                                .thenComparingDouble(Measured::promptTokens))
                        .toList());
    }

    private static int most(List<Measured> measured) {
        return measured.stream().mapToInt(row -> row.outcomes().size()).max().orElse(0);
    }

    /** Whether a row answered as many tests as any. */
    boolean whole(Measured row) {
        return row.outcomes().size() == most(ranked);
    }

    Optional<Measured> named(Optional<String> name) {
        return ranked.stream()
                .filter(row -> name.equals(Optional.of(row.strategy())))
                .findFirst();
    }

    /** The row that is recommended, or most likely. */
    Optional<Measured> choice() {
        return named(recommendation.choice());
    }

    /** What others are compared with: the choice, or the best where there is none. */
    Optional<Measured> reference() {
        return choice().or(() -> ranked.stream().findFirst());
    }

    Optional<Measured> runnerUp() {
        return named(recommendation.runnerUp());
    }

    /** The first of each family. */
    Map<StrategyFamily, Measured> bestOfFamilies() {
        Map<StrategyFamily, Measured> best = new EnumMap<>(StrategyFamily.class);
        ranked.forEach(row -> best.putIfAbsent(row.details().family(), row));
        return best;
    }

    /** All rows, with the choice, the runner-up and the first of each family before the others. */
    List<Measured> prominent() {
        Set<Measured> order = new LinkedHashSet<>();
        reference().ifPresent(order::add);
        runnerUp().ifPresent(order::add);
        ranked.stream().filter(bestOfFamilies()::containsValue).forEach(order::add);
        order.addAll(ranked);
        return List.copyOf(order);
    }

    /** The reasons that {@link VerdictSentence} does not give already. */
    List<String> reasons() {
        String said = recommendation.choice().orElse("") + " reaches ";
        return recommendation.reasons().stream()
                .filter(reason -> !ranked.isEmpty()
                        && !reason.startsWith(said)
                        && !reason.startsWith("you need no language model")
                        && !reason.startsWith("no other candidate that meets the needs ")
                        && !reason.contains(" may be as good or better, "))
                .toList();
    }

    /** Why candidates failed or were not tried, each reason with those it holds for. */
    Map<String, List<String>> notMeasured() {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        for (Row row : report.rows()) {
            if (row instanceof Failed failed) {
                reasons.computeIfAbsent("failed, " + failed.error(), why -> new ArrayList<>())
                        .add(row.strategy());
            }
        }
        for (Row row : report.rows()) {
            if (row instanceof RuledOut ruledOut) {
                add(reasons, "not tried, " + ruledOut.reason(), row.strategy());
            }
        }
        return reasons;
    }

    /** Why candidates did not learn from all examples, each reason with those it holds for. */
    Map<String, List<String>> leftBehind() {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        report.leftBehind().forEach((name, why) -> add(reasons, why, name));
        return reasons;
    }

    /** Adds a candidate to a reason; what differs in numbers alone is one reason, the numbers beside each name. */
    private static void add(Map<String, List<String>> reasons, String reason, String name) {
        Matcher numbers = NUMBERS.matcher(reason);
        boolean counted = numbers.matches();
        reasons.computeIfAbsent(counted ? numbers.group(1) : reason, why -> new ArrayList<>())
                .add(counted ? name + " (" + numbers.group(2) + ")" : name);
    }

    /**
     * The costs that candidates are compared by: of a month in all where errors, labels or people cost, else a 1000
     * requests.
     */
    double cost(Measured row) {
        return total()
                ? TotalCosts.of(row, report.needs()).month()
                : Costs.of(row, report.needs()).perThousand();
    }

    /** What {@link #cost} is for, such as {@code a month in all}. */
    String costUnit() {
        return total() ? "a month in all" : "per 1000 requests";
    }

    private boolean total() {
        return report.needs().stakes().any();
    }

    String currency() {
        return report.needs().stakes().currency();
    }

    /** Names in a sentence; of many the first, and how many more. */
    static String names(Collection<String> names, int most) {
        List<String> first = names.stream().limit(most).toList();
        int more = names.size() - first.size();
        return String.join(", ", first) + (more == 0 ? "" : " and " + more + " more");
    }
}
