package dev.llmadapt.pilot.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.llmadapt.pilot.results.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AbstentionTest {
    @Test
    void of_surerHalfIsRight_answersIt() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            // sure ones are right, the others wrong each second time
            outcomes.add(outcome(i, i < 200 || i % 2 == 0, 1 - i / 500.0));
        }
        Abstention abstention = Abstention.of(outcomes, 0.95);
        Abstention.Point chosen = abstention.chosen().orElseThrow();
        assertThat(chosen.answered()).isEqualTo(200);
        assertThat(chosen.above()).isEqualTo(1 - 200 / 500.0);
        assertThat(chosen.precision()).isEqualTo(1);
        assertThat(chosen.lowerBound()).isBetween(0.98, 1.0);
        assertThat(abstention.curve()).hasSize(20);
        assertThat(abstention.curve().get(19).share()).isEqualTo(1);
        assertThat(abstention.curve().get(19).precision()).isEqualTo(0.75);
        assertThat(outcomes.stream().filter(chosen::answers)).hasSize(200);
    }

    @Test
    void of_tooFewAnswers_choosesNone() {
        assertThat(Abstention.leastAnswers(0.95)).isEqualTo(104);
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 103; i++) {
            outcomes.add(outcome(i, true, 1));
        }
        assertThat(Abstention.of(outcomes, 0.95).chosen()).isEmpty();
        outcomes.add(outcome(103, true, 1));
        assertThat(Abstention.of(outcomes, 0.95).chosen()).contains(new Abstention.Point(0, 104, 104, 1));
    }

    @Test
    void of_answersWithoutConfidence_goToAPerson() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            outcomes.add(i < 200 ? outcome(i, true, 0.9) : Rows.outcome(i, "a", "a", Optional.empty()));
        }
        Abstention abstention = Abstention.of(outcomes, 0.95);
        assertThat(abstention.chosen().orElseThrow().share()).isEqualTo(0.5);
        assertThat(outcomes.stream().filter(abstention.chosen().orElseThrow()::answers))
                .hasSize(200);
        assertThat(Abstention.of(outcomes.subList(200, 400), 0.95).curve()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> Abstention.of(outcomes, 1));
    }

    @Test
    void of_thousandTestSets_holdsOnNewDataIn95Of100() {
        SplittableRandom random = new SplittableRandom(19);
        double wanted = 0.9;
        // the confidence lies in steps (ties) or anywhere, and says more than the truth
        for (boolean steps : new boolean[] {false, true}) {
            int broken = 0;
            int chosen = 0;
            int naive = 0;
            for (int set = 0; set < 1_000; set++) {
                List<Outcome> outcomes = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    double confidence = confidence(random.nextDouble(), steps);
                    outcomes.add(outcome(i, random.nextDouble() < truth(confidence), confidence));
                }
                Abstention abstention = Abstention.of(outcomes, wanted);
                if (abstention.chosen().isPresent()) {
                    chosen++;
                    broken += precision(abstention.chosen().get().above(), steps) < wanted ? 1 : 0;
                }
                naive += abstention.curve().stream()
                                .filter(point -> point.precision() >= wanted)
                                .reduce((a, b) -> b)
                                .filter(point -> precision(point.above(), steps) < wanted)
                                .isPresent()
                        ? 1
                        : 0;
            }
            assertThat(broken).as("broken of 1,000, steps " + steps).isLessThan(65);
            assertThat(chosen).as("chosen of 1,000, steps " + steps).isGreaterThan(50);
            // the test can fail: the point estimate breaks its word far more often
            assertThat(naive).as("broken by the point estimate, steps " + steps).isGreaterThan(130);
        }
    }

    @Test
    void of_precisionJustBelowEverywhere_choosesIn5Of100() {
        SplittableRandom random = new SplittableRandom(20);
        int chosen = 0;
        for (int set = 0; set < 1_000; set++) {
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                outcomes.add(outcome(i, random.nextDouble() < 0.8999, random.nextDouble()));
            }
            chosen += Abstention.of(outcomes, 0.9).chosen().isPresent() ? 1 : 0;
        }
        assertThat(chosen).isBetween(5, 65);
    }

    private static double confidence(double uniform, boolean steps) {
        double confidence = 0.5 + uniform / 2;
        return steps ? Math.ceil(confidence * 20) / 20 : confidence;
    }

    /** The share of right answers at a confidence: 0.6 at 0.5, 1 at 1. */
    private static double truth(double confidence) {
        return 0.2 + 0.8 * confidence;
    }

    /** The true precision of answers above a confidence, over a fine grid. */
    private static double precision(double above, boolean steps) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < 10_000; i++) {
            double confidence = confidence((i + 0.5) / 10_000, steps);
            if (confidence > above) {
                sum += truth(confidence);
                count++;
            }
        }
        return count == 0 ? 1 : sum / count;
    }

    private static Outcome outcome(int id, boolean right, double confidence) {
        return Rows.outcome(id, "a", right ? "a" : "b", Optional.of(confidence));
    }
}
