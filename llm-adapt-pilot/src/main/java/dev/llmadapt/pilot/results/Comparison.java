package dev.llmadapt.pilot.results;

import dev.llmadapt.pilot.statistics.SignTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A comparison of the best strategy with another one, example by example.
 *
 * @param best the strategy with the highest quality; of equals the one that reads fewest tokens, then the first asked
 * @param other the other one
 * @param wins examples the best scored higher on
 * @param losses examples the other scored higher on
 * @param pValue of the exact two-sided sign test (on right or wrong answers: McNemar's); one test, not corrected for
 *     looking at several
 */
public record Comparison(String best, String other, int wins, int losses, double pValue) {
    /** The best row: the highest quality on the most examples; of equals the one that reads fewest tokens. */
    public static Optional<Measured> best(List<Measured> measured) {
        int most =
                measured.stream().mapToInt(row -> row.outcomes().size()).max().orElse(0);
        return measured.stream()
                .filter(row -> row.outcomes().size() == most)
                .min(Comparator.comparingDouble((Measured row) -> -row.quality())
                        .thenComparingDouble(Measured::promptTokens));
    }

    /** Comparisons of the best row with each other one, in the order of the rows; empty with fewer than two. */
    public static List<Comparison> ofBest(List<Measured> measured) {
        Measured best = best(measured).orElse(null);
        List<Comparison> comparisons = new ArrayList<>();
        for (Measured other : measured) {
            if (best == null || other.strategy().equals(best.strategy())) {
                continue;
            }
            Map<String, Double> scores = new LinkedHashMap<>();
            best.outcomes().forEach(outcome -> scores.put(outcome.id(), outcome.score()));
            int wins = 0;
            int losses = 0;
            for (Outcome outcome : other.outcomes()) {
                int order = Double.compare(scores.getOrDefault(outcome.id(), outcome.score()), outcome.score());
                wins += order > 0 ? 1 : 0;
                losses += order < 0 ? 1 : 0;
            }
            comparisons.add(
                    new Comparison(best.strategy(), other.strategy(), wins, losses, SignTest.pValue(wins, losses)));
        }
        return comparisons;
    }

    /** Whether the other one is shown to be worse, at 95 %. */
    public boolean differs() {
        return pValue < 0.05;
    }
}
