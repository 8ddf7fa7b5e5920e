package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    private static final Lbfgs EXACT = new Lbfgs(1e-8, 10_000);

    private record Problem(
            boolean several, double[][] rows, double[][] labels, double[][] asked, List<Learned> learned) {}

    private record Learned(double c, double[][] probabilities) {}

    private static Problem[] golden() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(LogisticRegressionTest.class.getResourceAsStream("logistic.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Problem[].class);
        }
    }

    private static List<Row> rows(double[][] values) {
        return Arrays.stream(values).map(Row::dense).toList();
    }

    private static double[] probabilities(boolean several, double[] values) {
        if (several) {
            return Arrays.stream(values)
                    .map(value -> 1 / (1 + Math.exp(-value)))
                    .toArray();
        }
        return Arrays.stream(Calibration.NONE.logProbabilities(values))
                .map(Math::exp)
                .toArray();
    }

    @Test
    void learn_oneCAfterAnother_givesTheProbabilitiesOfScikitLearn() throws IOException {
        Problem[] problems = golden();
        assertThat(problems).hasSize(4);
        for (Problem problem : problems) {
            LogisticRegression learner =
                    new LogisticRegression(rows(problem.rows), problem.labels, problem.several, EXACT);
            for (Learned learned : problem.learned) {
                LinearClassifier classifier = learner.learn(learned.c);
                for (int i = 0; i < problem.asked.length; i++) {
                    assertThat(probabilities(problem.several, classifier.values(Row.dense(problem.asked[i]))))
                            .as("C %s, row %d", learned.c, i)
                            .containsExactly(learned.probabilities[i], within(1e-4));
                }
            }
        }
    }

    /**
     * Heads stop before the probabilities are exact where the minimum is nearly flat, as scikit-learn does by default.
     */
    @Test
    void learn_defaultTolerance_isNearScikitLearn() throws IOException {
        for (Problem problem : golden()) {
            LogisticRegression learner = new LogisticRegression(rows(problem.rows), problem.labels, problem.several);
            for (Learned learned : problem.learned) {
                LinearClassifier classifier = learner.learn(learned.c);
                for (int i = 0; i < problem.asked.length; i++) {
                    assertThat(probabilities(problem.several, classifier.values(Row.dense(problem.asked[i]))))
                            .containsExactly(learned.probabilities[i], within(0.05));
                }
            }
        }
    }

    @Test
    void learn_probabilities_isTheClassifierOfAsManyCopies() {
        double[][] rows = {{1, 0.5}, {0.2, 1}, {-1, 0.3}, {0.4, -1}};
        double[][] targets = {{0.75, 0.25, 0}, {0, 1, 0}, {0, 0, 1}, {0.5, 0, 0.5}};
        double[][] copies = new double[16][];
        double[][] answers = new double[16][3];
        for (int i = 0, next = 0; i < 4; i++) {
            for (int label = 0; label < 3; label++) {
                for (int copy = 0; copy < 4 * targets[i][label]; copy++) {
                    copies[next] = rows[i];
                    answers[next++][label] = 1;
                }
            }
        }
        LinearClassifier one = new LogisticRegression(rows(rows), targets, false, EXACT).learn(2);
        LinearClassifier other = new LogisticRegression(rows(copies), answers, false, EXACT).learn(0.5);
        for (int label = 0; label < 3; label++) {
            assertThat(one.weights()[label]).containsExactly(other.weights()[label], within(1e-5f));
        }
    }

    @Test
    void products_ofEverySize_areThoseOfThreeLoops() {
        Random random = new Random(5);
        for (int size = 0; size < 40; size++) {
            int rows = 1 + random.nextInt(70);
            int columns = 1 + random.nextInt(70);
            int width = 1 + random.nextInt(9);
            DenseMatrix matrix =
                    new DenseMatrix(random.doubles((long) rows * columns).toArray(), rows, columns);
            double[] right = random.doubles((long) columns * width).toArray();
            double[] left = random.doubles((long) rows * width).toArray();
            double[] product = new double[rows * width];
            double[] transposed = new double[columns * width];
            for (int i = 0; i < rows; i++) {
                for (int k = 0; k < columns; k++) {
                    for (int j = 0; j < width; j++) {
                        product[i * width + j] += matrix.get(i, k) * right[k * width + j];
                        transposed[k * width + j] += matrix.get(i, k) * left[i * width + j];
                    }
                }
            }
            double[] actual = new double[product.length];
            matrix.times(right, width, actual);
            assertThat(actual).containsExactly(product, within(1e-9));
            actual = new double[transposed.length];
            matrix.transposedTimes(left, width, actual);
            assertThat(actual).containsExactly(transposed, within(1e-9));
        }
    }

    @Test
    void minimize_rosenbrocksValley_isFound() {
        double[] point = {-1.2, 1};
        int steps = new Lbfgs(1e-9, 1000)
                .minimize(
                        (at, gradient) -> {
                            double bend = at[1] - at[0] * at[0];
                            gradient[0] = -400 * at[0] * bend - 2 * (1 - at[0]);
                            gradient[1] = 200 * bend;
                            return 100 * bend * bend + (1 - at[0]) * (1 - at[0]);
                        },
                        point);
        assertThat(point).containsExactly(new double[] {1, 1}, within(1e-6));
        assertThat(steps).isLessThan(100);
    }
}
