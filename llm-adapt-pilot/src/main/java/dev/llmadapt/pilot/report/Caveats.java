package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails.Omitted;
import dev.llmadapt.pilot.statistics.Normal;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What limits the numbers of a report, grouped: never a line for each candidate. */
final class Caveats {
    private static final double ALPHA = 0.05;
    private static final double[] GAPS = {0.20, 0.10, 0.05, 0.02};
    private static final int NAMES = 4;
    private static final int CURVES = 3;
    private static final int LABELS = 3;

    private Caveats() {}

    /** All of them, a sentence each. */
    static List<String> of(Standings standings) {
        List<String> caveats = new ArrayList<>();
        against(standings).ifPresent(caveats::add);
        part(standings).ifPresent(caveats::add);
        standings
                .leftBehind()
                .forEach((why, names) -> caveats.add(Standings.names(names, NAMES) + " went no further: " + why));
        omitted(standings).ifPresent(caveats::add);
        memory(standings).ifPresent(caveats::add);
        hardest(standings).ifPresent(caveats::add);
        standings
                .report()
                .task()
                .baselines()
                .filter(baselines -> standings.named(Optional.of("majority")).isEmpty())
                .ifPresent(baselines -> caveats.add("without learning, always '" + baselines.majorityLabel() + "' has "
                        + Figures.percent(baselines.majority()) + ", a random label "
                        + Figures.percent(baselines.chance())));
        return caveats;
    }

    /** How many are worse than the choice, and by how much at least; at 95 % over all comparisons together. */
    static Optional<String> against(Standings standings) {
        Optional<Measured> reference = standings.reference();
        if (reference.isEmpty() || standings.ranked().size() < 2) {
            return Optional.empty();
        }
        double z = Normal.quantile(1 - ALPHA / (standings.ranked().size() - 1));
        Map<Double, List<String>> worse = new LinkedHashMap<>();
        for (double gap : GAPS) {
            worse.put(gap, new ArrayList<>());
        }
        List<String> open = new ArrayList<>();
        for (Measured row : standings.ranked()) {
            if (row.equals(reference.get())) {
                continue;
            }
            double atLeast = Distance.between(row, reference.get())
                    .map(difference -> -difference.interval(z).high())
                    .orElse(Double.NEGATIVE_INFINITY);
            worse.entrySet().stream()
                    .filter(entry -> atLeast >= entry.getKey())
                    .findFirst()
                    .map(Map.Entry::getValue)
                    .orElse(open)
                    .add(row.strategy());
        }
        List<String> parts = new ArrayList<>();
        worse.forEach((gap, names) -> {
            if (!names.isEmpty()) {
                parts.add(names.size() + (names.size() == 1 ? " is" : " are") + " worse by at least "
                        + Figures.number("%.0f points", 100 * gap) + " (" + Standings.names(names, NAMES) + ")");
            }
        });
        if (!open.isEmpty()) {
            parts.add(open.size() + (open.size() == 1 ? " is" : " are") + " not shown to be worse ("
                    + Standings.names(open, NAMES) + ")");
        }
        return Optional.of(
                "against " + reference.get().strategy() + ", at 95% over all comparisons: " + String.join(", ", parts));
    }

    /** The candidates that a limit of memory was not checked for. */
    private static Optional<String> memory(Standings standings) {
        List<String> unknown = standings.ranked().stream()
                .filter(row -> row.details().memoryBytes() == 0)
                .map(Measured::strategy)
                .toList();
        return standings.report().needs().memoryBytes() == 0 || unknown.isEmpty()
                ? Optional.empty()
                : Optional.of("--memory was not checked for " + Standings.names(unknown, NAMES)
                        + ", whose memory cannot be told from that of the others in one process; measure one alone"
                        + " (--strategies) for that");
    }

    /** What there was no time to measure, and what to do. */
    private static Optional<String> omitted(Standings standings) {
        List<String> parts = new ArrayList<>();
        for (Omitted what : Omitted.values()) {
            List<String> names = standings.ranked().stream()
                    .filter(row -> row.details().omitted().contains(what))
                    .map(Measured::strategy)
                    .toList();
            if (!names.isEmpty()) {
                parts.add((what == Omitted.RISKS ? "the risks of " : "the learning curve of ")
                        + Standings.names(names, NAMES));
            }
        }
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of("no time was left to measure " + String.join(", nor ", parts)
                        + "; a longer --budget has some, such as 15m");
    }

    private static Optional<String> part(Standings standings) {
        List<Measured> part =
                standings.ranked().stream().filter(row -> !standings.whole(row)).toList();
        if (part.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Standings.names(part.stream().map(Measured::strategy).toList(), NAMES)
                + " answered a part of the tests only: compare this "
                + standings.report().task().metric()
                + " with care, the points above are over what both answered");
    }

    /** The labels that the choice finds most seldom. */
    private static Optional<String> hardest(Standings standings) {
        if (standings.report().task().labels() == 0 || standings.reference().isEmpty()) {
            return Optional.empty();
        }
        Confusions confusions = Confusions.of(standings.reference().get());
        List<String> hardest = confusions.hardest().stream()
                .filter(label -> confusions.right(label) < confusions.tests(label))
                .limit(LABELS)
                .map(label -> "'" + label + "' " + confusions.right(label) + " of " + confusions.tests(label))
                .toList();
        return hardest.isEmpty()
                ? Optional.empty()
                : Optional.of("labels that " + standings.reference().get().strategy() + " finds most seldom: "
                        + String.join(", ", hardest));
    }

    /** The learning curves of the best that learn, each point with its tests. */
    static List<String> curves(Standings standings) {
        List<Measured> with = standings.ranked().stream()
                .filter(row -> row.details().curve().size() > 1 && row.details().family() != StrategyFamily.BASELINE)
                .toList();
        List<String> lines =
                new ArrayList<>(with.stream().limit(CURVES).map(Caveats::curve).toList());
        if (with.size() > CURVES) {
            lines.add((with.size() - CURVES) + " more in --html and --json");
        }
        return lines;
    }

    /** Such as {@code words: 64 > 12.5%, 256 > 43.8% (16 tests); 432 > 63.3% (60 tests)}. */
    private static String curve(Measured row) {
        StringBuilder text = new StringBuilder(row.strategy()).append(": ");
        List<CurvePoint> curve = row.details().curve();
        for (int i = 0; i < curve.size(); i++) {
            CurvePoint point = curve.get(i);
            text.append(Figures.count(point.trainExamples())).append(" > ").append(Figures.percent(point.quality()));
            boolean last = i + 1 == curve.size();
            if (last || curve.get(i + 1).testExamples() != point.testExamples()) {
                text.append(" (")
                        .append(Figures.count(point.testExamples(), "test"))
                        .append(')')
                        .append(last ? "" : "; ");
            } else {
                text.append(", ");
            }
        }
        return text.toString();
    }

    /** Whether a curve has points on different tests, which do not compare. */
    static boolean mixed(Standings standings) {
        return standings.ranked().stream()
                .anyMatch(row -> row.details().curve().stream()
                                .mapToInt(CurvePoint::testExamples)
                                .distinct()
                                .count()
                        > 1);
    }
}
