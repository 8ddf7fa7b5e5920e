package dev.llmadapt.pilot.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BinomialTest {
    @Test
    void atLeast_fairCoin_countsSequences() {
        assertThat(Binomial.atLeast(3, 4, 0.5)).isCloseTo(5 / 16.0, within(1e-12));
        assertThat(Binomial.atLeast(4, 4, 0.5)).isCloseTo(1 / 16.0, within(1e-12));
        assertThat(Binomial.atLeast(0, 4, 0.5)).isEqualTo(1);
        assertThat(Binomial.atLeast(1, 4, 0)).isZero();
        assertThat(Binomial.atLeast(4, 4, 1)).isEqualTo(1);
        assertThat(Binomial.atLeast(4_000, 5_000, 0.5)).isLessThan(1e-100);
        assertThat(Binomial.atLeast(4_000, 5_000, 0.9)).isCloseTo(1, within(1e-9));
    }

    @Test
    void lowerBound_allRight_isTheRootOfAlpha() {
        // p^59 = 0.05
        assertThat(Binomial.lowerBound(59, 59, 0.05)).isCloseTo(Math.pow(0.05, 1 / 59.0), within(1e-9));
        // 1 - (1 - p)^10 = 0.05
        assertThat(Binomial.lowerBound(1, 10, 0.05)).isCloseTo(1 - Math.pow(0.95, 0.1), within(1e-9));
        assertThat(Binomial.lowerBound(0, 10, 0.05)).isZero();
        assertThat(Binomial.lowerBound(0, 0, 0.05)).isZero();
    }

    @Test
    void lowerBound_anyCount_hasAlphaAboveIt() {
        for (int n : new int[] {1, 7, 60, 900}) {
            for (int k = 1; k <= n; k += Math.max(1, n / 9)) {
                double bound = Binomial.lowerBound(k, n, 0.01);
                assertThat(Binomial.atLeast(k, n, bound)).as(k + " of " + n).isCloseTo(0.01, within(1e-9));
                assertThat(bound).isLessThan((double) k / n);
            }
        }
    }

    @Test
    void atLeast_impossible_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Binomial.atLeast(5, 4, 0.5));
        assertThatIllegalArgumentException().isThrownBy(() -> Binomial.lowerBound(1, 4, 0));
    }
}
