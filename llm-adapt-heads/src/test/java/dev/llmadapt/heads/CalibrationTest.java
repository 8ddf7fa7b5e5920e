package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void fit_answersDrawnFromASoftmax_findsItsScale() {
        for (double scale : new double[] {0.2, 1, 5}) {
            Random random = new Random(1);
            List<double[]> values = new ArrayList<>();
            int[] labels = new int[20_000];
            for (int i = 0; i < labels.length; i++) {
                double[] value = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
                values.add(value);
                labels[i] = drawn(new Calibration(scale, true).logProbabilities(value), random);
            }
            Calibration calibration = Calibration.fit(values, labels);

            assertThat(calibration.fitted()).isTrue();
            assertThat(calibration.scale()).isCloseTo(scale, within(0.05 * scale));
        }
    }

    private static int drawn(double[] logs, Random random) {
        double left = random.nextDouble();
        for (int label = 0; label < logs.length; label++) {
            left -= Math.exp(logs[label]);
            if (left < 0) {
                return label;
            }
        }
        return logs.length - 1;
    }

    @Test
    void fit_extremes_stayFinite() {
        List<double[]> values = List.of(new double[] {1, -1}, new double[] {-1, 1}, new double[] {1, -1});

        Calibration right = Calibration.fit(values, new int[] {0, 1, 0});
        assertThat(Math.exp(right.logProbabilities(new double[] {1, -1})[0]))
                .isCloseTo(0.8, within(1e-6)); // (n + 1) / (n + 2)
        Calibration wrong = Calibration.fit(values, new int[] {1, 0, 1});
        assertThat(Math.exp(wrong.logProbabilities(new double[] {1, -1})[0])).isCloseTo(0.5, within(0.01));
        assertThat(Calibration.fit(List.of(), new int[0])).isEqualTo(Calibration.NONE);
        assertThat(new Calibration(1e3, true).logProbabilities(new double[] {1e6, -1e6, 0}))
                .containsExactly(0, -2e9, -1e9);
    }
}
