package dev.llmadapt.pilot.comparison;

import dev.llmadapt.Example;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.PairedDifference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The comparison of two runs of the pilot. An example is in both if its text and its right answer are, whatever its id
 * is: ids of a file without a column of them are numbers of lines, which move.
 *
 * @param before the first run
 * @param after the second run
 * @param both the test examples in both
 * @param relabelled the texts in both with another right answer, whose scores are not compared
 * @param changes each candidate of both runs, in the order of the second
 * @param recommended what the first run recommends with what the second does; empty if one recommends nothing
 */
public record RunComparison(
        PilotReport before,
        PilotReport after,
        int both,
        int relabelled,
        List<RunChange> changes,
        Optional<RunChange> recommended) {
    /** Copies the changes. */
    public RunComparison {
        changes = List.copyOf(changes);
    }

    /** An example by its content; the same one several times is told apart by the order. */
    private record Key(String input, String output, int occurrence) {}

    /**
     * Compares two runs.
     *
     * @throws IllegalArgumentException if they have another metric, no test example in common, or no candidate of both
     *     answered one
     */
    public static RunComparison of(PilotReport before, PilotReport after) {
        if (!before.task().metric().equals(after.task().metric())) {
            throw new IllegalArgumentException("the runs are judged by other metrics, "
                    + before.task().metric() + " and " + after.task().metric());
        }
        Map<Key, String> first = keys(before.task().test());
        Map<Key, String> second = keys(after.task().test());
        Map<String, String> ids = new LinkedHashMap<>(); // of the second run, by those of the first
        first.forEach((key, id) -> {
            String other = second.get(key);
            if (other != null) {
                ids.put(id, other);
            }
        });
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("the runs have no test example in common, " + first.size() + " and "
                    + second.size() + " examples; compare runs on the same test set (the same file and --seed)");
        }
        List<RunChange> changes = new ArrayList<>();
        for (Measured row : after.measured()) {
            named(before, row.strategy()).flatMap(old -> change(old, row, ids)).ifPresent(changes::add);
        }
        Optional<RunChange> recommended =
                choice(before).flatMap(old -> choice(after).flatMap(row -> change(old, row, ids)));
        if (changes.isEmpty() && recommended.isEmpty()) {
            throw new IllegalArgumentException(
                    "the runs have no candidate in common: " + names(before) + " and " + names(after));
        }
        return new RunComparison(before, after, ids.size(), relabelled(first.keySet(), second), changes, recommended);
    }

    /** The comparison of one candidate alone; that of the recommendations if its name is {@code recommended}. */
    public RunComparison only(String strategy) {
        List<RunChange> one = changes.stream()
                .filter(change -> change.before().equals(strategy))
                .toList();
        if (strategy.equals("recommended")) {
            if (recommended.isEmpty()) {
                throw new IllegalArgumentException("one of the runs recommends nothing");
            }
            return new RunComparison(before, after, both, relabelled, List.of(), recommended);
        }
        if (one.isEmpty()) {
            throw new IllegalArgumentException("no candidate '" + strategy + "' in both runs, expected recommended or"
                    + " one of " + changes.stream().map(RunChange::name).toList());
        }
        return new RunComparison(before, after, both, relabelled, one, Optional.empty());
    }

    /** What is compared: the recommendations, if they are two candidates, and each candidate. */
    public List<RunChange> all() {
        List<RunChange> all = new ArrayList<>();
        recommended
                .filter(change -> changes.stream().noneMatch(each -> each.name().equals(change.name())))
                .ifPresent(all::add);
        all.addAll(changes);
        return all;
    }

    /**
     * The candidates that are shown to be worse, at 95 % over all comparisons together (Bonferroni); none with fewer
     * than {@value RunChange#LEAST_TESTS} tests.
     *
     * @param tolerance the loss of quality that is accepted, in [0, 1]
     */
    public List<RunChange> worse(double tolerance) {
        int comparisons = all().size();
        return all().stream()
                .filter(change ->
                        change.enoughTests() && change.interval(comparisons).high() < -tolerance)
                .toList();
    }

    /** The candidates that are shown to be better, in the same way. */
    public List<RunChange> better(double tolerance) {
        int comparisons = all().size();
        return all().stream()
                .filter(change ->
                        change.enoughTests() && change.interval(comparisons).low() > tolerance)
                .toList();
    }

    /** Whether anything can be told: whether a candidate answered {@value RunChange#LEAST_TESTS} of the same tests. */
    public boolean tells() {
        return all().stream().anyMatch(RunChange::enoughTests);
    }

    /** The largest loss of quality of a candidate that is not ruled out, at 95 % over all comparisons together. */
    double possibleLoss() {
        int comparisons = all().size();
        return all().stream()
                .filter(RunChange::enoughTests)
                .mapToDouble(change -> -change.interval(comparisons).low())
                .max()
                .orElse(1);
    }

    /** The candidates that were measured in the first run only. */
    public List<String> onlyBefore() {
        return without(names(before), names(after));
    }

    /** The candidates that were measured in the second run only. */
    public List<String> onlyAfter() {
        return without(names(after), names(before));
    }

    private static List<String> without(List<String> names, List<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    private static List<String> names(PilotReport report) {
        return report.measured().stream().map(Measured::strategy).toList();
    }

    private static Optional<Measured> choice(PilotReport report) {
        return report.recommendation().choice().flatMap(name -> named(report, name));
    }

    private static Optional<Measured> named(PilotReport report, String strategy) {
        return report.measured().stream()
                .filter(row -> row.strategy().equals(strategy))
                .findFirst();
    }

    private static Map<Key, String> keys(List<Example> examples) {
        Map<Key, String> keys = new LinkedHashMap<>();
        for (Example example : examples) {
            int occurrence = 0;
            while (keys.putIfAbsent(new Key(example.input(), example.output(), occurrence), example.id()) != null) {
                occurrence++;
            }
        }
        return keys;
    }

    private static int relabelled(Set<Key> first, Map<Key, String> second) {
        Set<String> texts = second.keySet().stream().map(Key::input).collect(Collectors.toSet());
        Set<String> changed = new HashSet<>();
        for (Key key : first) {
            if (!second.containsKey(key) && texts.contains(key.input())) {
                changed.add(key.input());
            }
        }
        return changed.size();
    }

    private static Optional<RunChange> change(Measured before, Measured after, Map<String, String> ids) {
        Map<String, Double> scores = new HashMap<>();
        after.outcomes().forEach(outcome -> scores.put(outcome.id(), outcome.score()));
        List<Outcome> pairs = before.outcomes().stream()
                .filter(outcome -> scores.containsKey(ids.getOrDefault(outcome.id(), "")))
                .toList();
        if (pairs.isEmpty()) {
            return Optional.empty();
        }
        double[] old = pairs.stream().mapToDouble(Outcome::score).toArray();
        double[] now = pairs.stream()
                .mapToDouble(outcome -> scores.getOrDefault(ids.getOrDefault(outcome.id(), ""), 0.0))
                .toArray();
        return Optional.of(new RunChange(
                before.strategy(),
                after.strategy(),
                mean(old),
                mean(now),
                PairedDifference.of(now, old),
                before.latency().median(),
                after.latency().median()));
    }

    private static double mean(double[] scores) {
        return java.util.Arrays.stream(scores).average().orElseThrow();
    }
}
