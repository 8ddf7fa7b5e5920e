package dev.llmadapt.pilot.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class PairedSequenceTest {
    private static final double[] FRACTIONS = {
        0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25, 0.34, 0.45, 0.58, 0.72, 0.87, 1
    };

    /** The paper's form of it: the product of 1 + λ (x - m), here by counts of wins, ties and losses. */
    @Test
    void above_rightOrWrong_isTheProductOfThePaper() {
        for (double m : new double[] {-0.3, 0, 0.05, 0.6}) {
            PairedSequence sequence = sequence(0, 1, 0, 0, 1, -1, 1, 1, 0, 1, -1, 1, 1);
            double wealth = 0;
            for (double fraction : FRACTIONS) {
                double lambda = fraction / (1 + m);
                wealth += Math.pow(1 + lambda * (1 - m), 7)
                        * Math.pow(1 - lambda * m, 3)
                        * Math.pow(1 + lambda * (-1 - m), 2)
                        / FRACTIONS.length;
            }
            assertThat(sequence.above(m).log()).as("m " + m).isCloseTo(Math.log(wealth), within(1e-12));
        }
    }

    @Test
    void below_isAboveOfTheOtherWayRound() {
        double[] graded = {0.3, -0.25, 0.8, 0, 0.1, 1};
        double[] mirrored = {-0.3, 0.25, -0.8, 0, -0.1, -1};
        assertThat(sequence(0, graded).below(0.1))
                .isEqualTo(sequence(0, mirrored).above(-0.1));
        assertThat(sequence(6, graded).below(0.4))
                .isEqualTo(sequence(6, mirrored).above(-0.4));
    }

    /** All sequences of five, each with its probability: the bets are fair, and Ville's inequality holds exactly. */
    @Test
    void above_meanAtTheBound_isFairAndSeldomMuch() {
        double win = 0.35;
        double loss = 0.15;
        double wealth = 0;
        double often = 0;
        for (int code = 0; code < 243; code++) {
            double[] values = new double[5];
            double probability = 1;
            for (int i = 0, rest = code; i < 5; i++, rest /= 3) {
                values[i] = rest % 3 - 1;
                probability *= values[i] > 0 ? win : values[i] < 0 ? loss : 1 - win - loss;
            }
            EValue e = sequence(0, values).above(win - loss);
            wealth += probability * Math.exp(e.log());
            often += e.logPeak() >= Math.log(1.5) ? probability : 0;
        }
        assertThat(wealth).isCloseTo(1, within(1e-12));
        assertThat(often).isBetween(0.05, 1 / 1.5);
    }

    /** All 720 orders of a set of six: fair too, after each example, and never in error at the end. */
    @Test
    void ofTestSet_allOrders_betsAreFair() {
        double[] set = {1, 0, -0.5, 0.25, 0.75, -1};
        double mean = 0.5 / 6;
        for (int seen = 1; seen <= 5; seen++) {
            int count = seen;
            double up = meanOverOrders(
                    set.clone(),
                    0,
                    values -> Math.exp(sequence(6, count, values).above(mean).log()));
            double down = meanOverOrders(
                    set.clone(),
                    0,
                    values -> Math.exp(sequence(6, count, values).below(mean).log()));
            assertThat(up).as(seen + " seen").isCloseTo(1, within(1e-9));
            assertThat(down).as(seen + " seen").isCloseTo(1, within(1e-9));
        }
        double covered = meanOverOrders(set.clone(), 0, values -> {
            Interval interval = sequence(6, values).interval(0.3);
            return interval.low() <= mean + 1e-9 && mean - 1e-9 <= interval.high() ? 1 : 0;
        });
        assertThat(covered).isBetween(0.7, 1.0);
    }

    @Test
    void ofTestSet_allSeen_isExact() {
        double[] values = {1, 0, -1, 1, 0.5, 0, 0, 0.25, 1, 0, 0, 0};
        Interval interval = sequence(12, values).interval(0.05);
        assertThat(interval.low()).isCloseTo(2.75 / 12, within(1e-6));
        assertThat(interval.high()).isCloseTo(2.75 / 12, within(1e-6));
        Interval sample = sequence(0, values).interval(0.05);
        assertThat(sample.high() - sample.low()).isGreaterThan(0.5);
    }

    @Test
    void nothingAdded_nothingIsKnown() {
        PairedSequence sequence = PairedSequence.ofSample();
        assertThat(sequence.interval(0.05)).isEqualTo(new Interval(-1, 1));
        assertThat(sequence.difference()).isZero();
        assertThat(sequence.within(0.5)).isEqualTo(new EValue(0, 0));
        assertThat(sequence.above(-1).shown(0.05)).isFalse();
    }

    @Test
    void oneAdded_isNearlyAsLittle() {
        Interval interval = sequence(0, 1).interval(0.05);
        // a win in the first example has a probability of (m + 1) / 2 at most, which is 2.5 % at m = -0.95
        assertThat(interval.low()).isBetween(-1.0, -0.95);
        assertThat(interval.high()).isEqualTo(1);
    }

    /**
     * One who stakes all earns 1 / (1 - d) a tie, and is one of 14: the mean of all passes 20 at 242 ties for d = 0.02.
     */
    @Test
    void allTies_areATieInTheEnd() {
        assertThat(sequence(0, new double[241]).within(0.02).shown(0.05)).isFalse();
        assertThat(sequence(0, new double[242]).within(0.02).shown(0.05)).isTrue();
        assertThat(sequence(0, new double[95]).within(0.05).shown(0.05)).isTrue();
        Interval interval = sequence(0, new double[300]).interval(0.05);
        assertThat(interval.low()).isCloseTo(-interval.high(), within(1e-12)).isBetween(-0.03, -0.005);
    }

    @Test
    void allDifferencesOne_areShownSoon() {
        double[] ones = new double[12];
        java.util.Arrays.fill(ones, 1);
        PairedSequence sequence = sequence(0, ones);
        assertThat(sequence.above(0.02).shown(0.05)).isTrue();
        assertThat(sequence.below(0.02).log()).isNegative();
        assertThat(sequence.interval(0.05).high()).isEqualTo(1);
        assertThat(sequence.interval(0.05).low()).isBetween(0.2, 0.6);
        assertThat(sequence.below(1).shown(0.05)).isFalse();
        double[] many = new double[5_000];
        java.util.Arrays.fill(many, 1);
        assertThat(sequence(0, many).above(-0.5).log()).isBetween(6_000.0, 5_000 * Math.log(4));
    }

    @Test
    void wrongArguments_areRefused() {
        PairedSequence sequence = PairedSequence.ofTestSet(1);
        assertThatThrownBy(() -> sequence.add(1.5, 0)).hasMessageContaining("first: 1.5");
        assertThatThrownBy(() -> sequence.add(0, Double.NaN)).hasMessageContaining("second: NaN");
        sequence.add(1, 0);
        assertThatThrownBy(() -> sequence.add(1, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sequence.within(0)).hasMessageContaining("tolerance: 0.0");
        assertThatThrownBy(() -> sequence.above(-1.1)).hasMessageContaining("bound: -1.1");
        assertThatThrownBy(() -> sequence.interval(1)).hasMessageContaining("alpha: 1.0");
        assertThatThrownBy(() -> PairedSequence.ofTestSet(0)).hasMessageContaining("examples: 0");
    }

    private static double meanOverOrders(double[] values, int from, ToDoubleFunction<double[]> of) {
        if (from == values.length) {
            return of.applyAsDouble(values);
        }
        double sum = 0;
        for (int i = from; i < values.length; i++) {
            swap(values, from, i);
            sum += meanOverOrders(values, from + 1, of);
            swap(values, from, i);
        }
        return sum / (values.length - from);
    }

    private static void swap(double[] values, int a, int b) {
        double kept = values[a];
        values[a] = values[b];
        values[b] = kept;
    }

    private static PairedSequence sequence(int population, double... values) {
        return sequence(population, values.length, values);
    }

    private static PairedSequence sequence(int population, int count, double[] values) {
        PairedSequence sequence = population == 0 ? PairedSequence.ofSample() : PairedSequence.ofTestSet(population);
        for (int i = 0; i < count; i++) {
            sequence.add(Math.max(values[i], 0), Math.max(-values[i], 0));
        }
        return sequence;
    }
}
