package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    private final Regexes regexes = new Regexes();
    private final Decimals decimals = new Decimals(regexes);

    private boolean matches(Regex regex, String text) {
        return regexes.matches(regex, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String number(Random random) {
        BigDecimal value = BigDecimal.valueOf(random.nextInt(2001) - 1000, random.nextInt(4));
        String plain = value.toPlainString();
        return random.nextInt(4) == 0 && plain.contains(".") ? plain + "0" : plain;
    }

    /** Bounds and multiples of random numbers, beside arithmetic. */
    @Test
    void bounds_anyNumber_areThoseOfArithmetic() {
        Random random = new Random(11);
        for (int i = 0; i < 400; i++) {
            BigDecimal bound = new BigDecimal(number(random));
            Regex least = decimals.atLeast(bound, false);
            Regex above = decimals.atLeast(bound, true);
            Regex most = decimals.atMost(bound, false);
            Regex below = decimals.atMost(bound, true);
            for (int k = 0; k < 40; k++) {
                String text = k == 0 ? bound.toPlainString() : k == 1 ? "-0" : number(random);
                int compared = new BigDecimal(text).compareTo(bound);
                String what = text + " and " + bound;
                assertThat(matches(least, text)).as(what).isEqualTo(compared >= 0);
                assertThat(matches(above, text)).as(what).isEqualTo(compared > 0);
                assertThat(matches(most, text)).as(what).isEqualTo(compared <= 0);
                assertThat(matches(below, text)).as(what).isEqualTo(compared < 0);
            }
        }
    }

    @Test
    void multipleOf_anyNumber_isThatOfArithmetic() {
        Random random = new Random(12);
        for (String divisor : List.of("1", "3", "7", "10", "0.01", "2.5", "0.125", "1.0")) {
            Regex multiples = decimals.multipleOf(new BigDecimal(divisor));
            for (int k = 0; k < 500; k++) {
                String text = number(random);
                BigDecimal quotient = new BigDecimal(text).divide(new BigDecimal(divisor), 20, RoundingMode.HALF_UP);
                boolean whole = quotient.stripTrailingZeros().scale() <= 0;
                assertThat(matches(multiples, text)).as(text + " of " + divisor).isEqualTo(whole);
            }
        }
    }

    @Test
    void texts_areThoseOfJson() {
        for (String text : List.of("0", "-0", "10", "1.50", "-3.0")) {
            assertThat(matches(decimals.decimal, text)).as(text).isTrue();
        }
        for (String text : List.of("", "-", "01", "1.", ".5", "+1", "1e5", "0x1")) {
            assertThat(matches(decimals.decimal, text)).as(text).isFalse();
        }
        assertThat(matches(decimals.number, "1.5e-7")).isTrue();
        assertThat(matches(decimals.integer, "1.0")).isFalse();
        assertThat(matches(decimals.whole, "1.0")).isTrue();
        assertThat(matches(decimals.equal(new BigDecimal("1.5")), "1.500")).isTrue();
    }

    @Test
    void hostileNumbers_areRefused() {
        assertThatThrownBy(() -> decimals.atLeast(new BigDecimal("1e999999"), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("digits");
        assertThatThrownBy(() -> decimals.multipleOf(new BigDecimal("123456789012345678901")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most");
    }
}
