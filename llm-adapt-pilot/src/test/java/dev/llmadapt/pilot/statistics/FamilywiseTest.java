package dev.llmadapt.pilot.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class FamilywiseTest {
    /** At 5 %, three claims: the first needs 60, the next 40, the last 20. */
    @Test
    void shown_threeClaims_thresholdsFall() {
        assertThat(Familywise.shown(claims(41, 61, 21), 0.05)).containsExactly(true, true, true);
        assertThat(Familywise.shown(claims(39, 61, 21), 0.05)).containsExactly(false, true, false);
        assertThat(Familywise.shown(claims(59, 59, 59), 0.05)).containsExactly(false, false, false);
        assertThat(Familywise.shown(claims(21), 0.05)).containsExactly(true);
        assertThat(Familywise.shown(List.of(), 0.05)).isEmpty();
    }

    @Test
    void shown_wasMoreOnce_countsByThePeak() {
        EValue once = new EValue(-3, Math.log(21));
        assertThat(Familywise.shown(List.of(once), 0.05)).containsExactly(true);
        assertThat(EHolm.shown(List.of(once), 0.05)).containsExactly(false);
    }

    @Test
    void shown_impossibleOpposite_isShown() {
        assertThat(Familywise.shown(List.of(EValue.IMPOSSIBLE, new EValue(0, 0)), 0.05))
                .containsExactly(true, false);
    }

    /** The closed test as it is defined: every set of claims with the one in it. */
    @Test
    void eHolm_isTheClosedTest() {
        long seed = 31;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            double[] wealth = random.doubles(5).map(u -> Math.exp(8 * u - 1)).toArray();
            boolean[] expected = new boolean[5];
            Arrays.fill(expected, true);
            for (int set = 1; set < 32; set++) {
                double sum = 0;
                for (int i = 0; i < 5; i++) {
                    sum += (set >> i & 1) * wealth[i];
                }
                for (int i = 0; i < 5; i++) {
                    expected[i] &= (set >> i & 1) == 0 || sum / Integer.bitCount(set) >= 20;
                }
            }
            assertThat(EHolm.shown(claims(wealth), 0.05))
                    .as("seed " + seed + ", round " + round)
                    .isEqualTo(expected);
        }
    }

    @Test
    void shown_wrongAlpha_isRefused() {
        assertThatThrownBy(() -> Familywise.shown(List.of(), 0)).hasMessageContaining("alpha: 0.0");
        assertThatThrownBy(() -> new EValue(1, 0)).hasMessageContaining("logPeak: 0.0");
    }

    private static List<EValue> claims(double... wealth) {
        return DoubleStream.of(wealth)
                .mapToObj(w -> new EValue(Math.log(w), Math.max(0, Math.log(w))))
                .toList();
    }
}
