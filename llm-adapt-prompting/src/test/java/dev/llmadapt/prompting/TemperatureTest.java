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
            for (int i = 0; i < 2_000; i++) {
                double[] row = random.doubles(LABELS.size(), -3, 3).toArray();
                right.add(draw(Decision.softmax(LABELS, row, false), random));
                for (int label = 0; label < row.length; label++) {
                    row[label] *= temperature;
                }
                scores.add(row);
            }
            assertThat(1 / Temperature.fit(LABELS, scores, right).inverse())
                    .as("seed " + seed)
                    .isCloseTo(temperature, within(0.15 * temperature));
        }
    }

    @Test
    void fit_aSureModelThatIsRightHalfTheTime_isHalfSure() {
        List<double[]> scores = new ArrayList<>();
        List<Integer> right = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            scores.add(new double[] {0, -5, -6, -7});
            right.add(i % 2 == 0 ? 0 : 3);
        }
        assertThat(Temperature.fit(LABELS, scores, right)
                        .decide(Request.of("q"), LABELS, scores.get(0))
                        .probability())
                .isCloseTo(0.5, within(0.02));
    }

    @Test
    void fit_allRightOrAllWrong_staysFiniteAndKeepsTheOrder() {
        double[] row = {0, -1, Double.NEGATIVE_INFINITY, -2};
        Temperature sure = Temperature.fit(LABELS, List.of(row, row), List.of(0, 0));
        Decision decision = sure.decide(Request.of("q"), LABELS, row);
        assertThat(decision.label()).isEqualTo("a");
        assertThat(decision.probability()).isBetween(0.5, 0.9);
        Temperature wrong = Temperature.fit(LABELS, List.of(row, row), List.of(3, 2));
        assertThat(wrong.decide(Request.of("q"), LABELS, row).label()).isEqualTo("a");
        assertThat(wrong.decide(Request.of("q"), LABELS, row).probability()).isLessThan(0.5);
        double[] certain = {0, -1e6, Double.NEGATIVE_INFINITY, -1e6};
        assertThat(Temperature.fit(LABELS, List.of(certain), List.of(1)).inverse())
                .isFinite();
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
