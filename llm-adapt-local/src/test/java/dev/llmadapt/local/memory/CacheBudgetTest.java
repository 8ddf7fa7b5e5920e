package dev.llmadapt.local.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CacheBudgetTest {
    private static final long MB = 1 << 20;

    @Test
    void grant_severalModels_shareWhatIsLeft() {
        CacheBudget.Ledger ledger = new CacheBudget.Ledger(16_000 * MB, 4000 * MB);
        CacheBudget first = ledger.grant(0, 2000 * MB);
        assertThat(first.bytes()).isEqualTo(5000 * MB); // half of 16000 - 4000 - 2000
        CacheBudget second = ledger.grant(0, 1000 * MB);
        assertThat(second.bytes()).isEqualTo(2000 * MB); // half of the 5000 left - 1000
        second.close();
        second.close();
        assertThat(ledger.grant(0, 1000 * MB).bytes()).isEqualTo(2000 * MB);
    }

    @Test
    void grant_nothingLeft_isASixteenth() {
        CacheBudget.Ledger ledger = new CacheBudget.Ledger(1600 * MB, 1500 * MB);
        assertThat(ledger.grant(0, 700 * MB).bytes()).isEqualTo(100 * MB);
    }

    @Test
    void grant_asked_isWhatWasAskedAndCounts() {
        CacheBudget.Ledger ledger = new CacheBudget.Ledger(1000 * MB, 0);
        assertThat(ledger.grant(600 * MB, 0).bytes()).isEqualTo(600 * MB);
        assertThat(ledger.grant(0, 0).bytes()).isEqualTo(200 * MB);
    }

    @Test
    void of_thisProcess_isWithinTheMachine() {
        try (CacheBudget budget = CacheBudget.of(0, 0)) {
            assertThat(budget.bytes()).isGreaterThan(MB);
        }
    }
}
