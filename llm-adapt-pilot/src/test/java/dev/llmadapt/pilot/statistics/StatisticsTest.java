package dev.llmadapt.pilot.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    /** Computed outside Java; 8 of 10 is the often printed 0.490 to 0.943. */
    @Test
    void wilson_knownValues_areMet() {
        check(8, 10, 0.49016247153664, 0.94331784854562);
        check(45, 50, 0.78639768562520, 0.95652423506811);
        check(0, 10, 0, 0.27753279986289);
        check(10, 10, 0.72246720013711, 1);
        check(1, 1, 0.20654931437724, 1);
    }

    @Test
    void wilson_moreSuccessesThanTrials_isRefused() {
        assertThatThrownBy(() -> Interval.wilson(11, 10)).hasMessageContainingAll("successes: 11", "trials: 10");
    }

    @Test
    void ofMean_zerosAndOnes_isWilson() {
        assertThat(Interval.ofMean(new double[] {1, 0, 1, 1})).isEqualTo(Interval.wilson(3, 4));
    }

    @Test
    void ofMean_parts_isOfTheRightWidth() {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = random.doubles(400).toArray();
        double mean = java.util.Arrays.stream(scores).average().orElseThrow();
        Interval interval = Interval.ofMean(scores);
        // A uniform score has the standard deviation 1 / sqrt(12): 1.96 times it over sqrt(400) is 0.0283.
        assertThat(interval.high() - mean).as("seed " + seed).isCloseTo(0.0283, within(0.005));
        assertThat(mean - interval.low()).as("seed " + seed).isCloseTo(0.0283, within(0.005));
        assertThat(Interval.ofMean(scores)).isEqualTo(interval);
    }

    @Test
    void quantile_isTheNearestRank() {
        double[] twenty = new double[20];
        for (int i = 0; i < 20; i++) {
            twenty[i] = i + 1;
        }
        assertThat(Quantile.of(twenty, 0.5)).isEqualTo(10);
        assertThat(Quantile.of(twenty, 0.95)).isEqualTo(19);
        assertThat(Quantile.of(twenty, 0.951)).isEqualTo(20);
        assertThat(Quantile.of(twenty, 1)).isEqualTo(20);
        assertThat(Quantile.of(new double[] {15, 20, 35, 40, 50}, 0.3)).isEqualTo(20);
        assertThat(Quantile.of(new double[] {15, 20, 35, 40, 50}, 0.4)).isEqualTo(20);
        assertThat(Quantile.of(new double[] {7}, 0.5)).isEqualTo(7);
    }

    @Test
    void quantile_ofNothing_isRefused() {
        assertThatThrownBy(() -> Quantile.of(new double[0], 0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Binomial tails: 2 * (1 + 10) / 2^10 and so on. */
    @Test
    void signTest_knownValues_areMet() {
        assertThat(SignTest.pValue(9, 1)).isCloseTo(22.0 / 1024, within(1e-12));
        assertThat(SignTest.pValue(1, 9)).isCloseTo(22.0 / 1024, within(1e-12));
        assertThat(SignTest.pValue(6, 0)).isCloseTo(2.0 / 64, within(1e-12));
        assertThat(SignTest.pValue(5, 5)).isEqualTo(1);
        assertThat(SignTest.pValue(0, 0)).isEqualTo(1);
        assertThat(SignTest.pValue(3_000, 2_000)).isBetween(0.0, 1e-40);
    }

    private static void check(int successes, int trials, double low, double high) {
        Interval interval = Interval.wilson(successes, trials);
        assertThat(interval.low()).isCloseTo(low, within(1e-9));
        assertThat(interval.high()).isCloseTo(high, within(1e-9));
    }
}
