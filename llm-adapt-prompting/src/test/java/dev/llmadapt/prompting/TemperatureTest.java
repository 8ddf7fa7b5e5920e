package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TemperatureTest {
    private static final List<String> LABELS = List.of("a", "b", "c", "d");

    @Test
    void fit_scoresOfAKnownTemperature_findsIt() {
        long seed = 7;
        Random random = new Random(seed);
        for (double temperature : new double[] {0.2, 1, 5}) {
            List<double[]> scores = new ArrayList<>();
            List<Integer> right = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                double[] row = random.doubles(LABELS.size(), -3, 3).toArray();
                right.add(draw(Decision.softmax(LABELS, row, false), random));
                for (int label = 0; label < row.length; label++) {
                    row[label] *= temperature;
                }
                scores.add(row);
            }
            assertThat(1 / Temperature.fit(LABELS, scores, right).inverse())
                    .as("seed " + seed)
                    .isCloseTo(temperature, within(0.05 * temperature));
        }
    }

    @Test
    void fit_fewExamples_hasTheLeastLossOfAll() {
        List<double[]> scores =
                List.of(new double[] {0, -1, -2, -3}, new double[] {-1, 0, -0.5, -9}, new double[] {0, -4, -1, -1});
        List<Integer> right = List.of(0, 2, 0);
        double found = Temperature.fit(LABELS, scores, right).inverse();
        double least = loss(scores, right, found);
        for (double factor = 0.1; factor < 10; factor *= 1.05) {
            assertThat(loss(scores, right, found * factor)).isGreaterThanOrEqualTo(least - 1e-12);
        }
    }

    @Test
    void fit_allRightOrAllWrong_staysFiniteAndKeepsTheOrder() {
        double[] row = {0, -1, Double.NEGATIVE_INFINITY, -2};
        Temperature sure = Temperature.fit(LABELS, List.of(row, row), List.of(0, 0));
        Decision decision = sure.decide(Request.of("q"), LABELS, row);
        assertThat(decision.label()).isEqualTo("a");
        assertThat(decision.probability()).isBetween(0.5, 0.9);
        Temperature wrong = Temperature.fit(LABELS, List.of(row, row), List.of(3, 3));
        assertThat(wrong.decide(Request.of("q"), LABELS, row).label()).isEqualTo("a");
        assertThat(wrong.decide(Request.of("q"), LABELS, row).probability()).isLessThan(0.5);
    }

    private static double loss(List<double[]> scores, List<Integer> right, double inverse) {
        double loss = inverse - Math.log(inverse);
        for (int i = 0; i < scores.size(); i++) {
            double[] row = scores.get(i).clone();
            for (int label = 0; label < row.length; label++) {
                row[label] *= inverse;
            }
            List<Decision.Choice> choices = Decision.softmax(LABELS, row, false).choices();
            loss -= Math.log(choices.get(right.get(i)).probability());
        }
        return loss;
    }

    private static int draw(Decision decision, Random random) {
        double left = random.nextDouble();
        for (int label = 0; label < decision.choices().size(); label++) {
            left -= decision.choices().get(label).probability();
            if (left < 0) {
                return label;
            }
        }
        return decision.choices().size() - 1;
    }
}
