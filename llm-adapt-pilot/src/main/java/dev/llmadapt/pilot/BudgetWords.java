package dev.llmadapt.pilot;

import java.time.Duration;
import java.util.Locale;

/** The reasons for which a budget leaves a candidate out, in words. */
record BudgetWords(Duration budget) {
    /** Nothing was left for it. */
    String spent() {
        return "the budget of " + text() + " was spent before its turn";
    }

    /**
     * It takes longer than there is time for.
     *
     * @param expected nanoseconds
     * @param left nanoseconds
     */
    String tooLong(double expected, double left) {
        return String.format(
                Locale.ROOT,
                "the budget of %s did not reach to it: %.0f s expected, %.0f s left for it",
                text(),
                expected / 1e9,
                left / 1e9);
    }

    /** It answered too few tests. */
    String ended(int answered) {
        return "the budget of " + text() + " ended after " + answered + " of its tests";
    }

    private String text() {
        return budget.toMinutes() >= 2 ? budget.toMinutes() + " min" : budget.toSeconds() + " s";
    }
}
