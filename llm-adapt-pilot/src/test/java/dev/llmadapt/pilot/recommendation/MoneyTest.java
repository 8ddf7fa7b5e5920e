package dev.llmadapt.pilot.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.000072, under 0.0001",
        "0.00072, 0.00072",
        "0.1, 0.10",
        "0.0996, 0.10",
        "0.999, 1.0",
        "2.54, 2.5",
        "9.96, 10",
        "37.2, 37",
        "99.6, 100",
        "1234, '1,200'",
        "4181000, '4,200,000'",
        "-12.3, -12"
    })
    void text_amount_hasTwoDigits(double amount, String text) {
        assertThat(Money.text(amount, "")).isEqualTo(text);
    }

    @Test
    void text_currency_standsOnce() {
        assertThat(Money.text(1234, "EUR")).isEqualTo("EUR 1,200");
        assertThat(Money.text(0.00001, "EUR")).isEqualTo("under EUR 0.0001");
        assertThat(Money.text(3, 1234, "EUR")).isEqualTo("EUR 3.0 to 1,200");
    }
}
