package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;

/**
 * The worth of answers, by which candidates are compared: their scores, or, where errors have a price, one less their
 * loss as a share of the dearest error. In the second case whatever else a candidate costs is counted in the same unit,
 * so that the difference in worth of two candidates is the difference of their totals of a month.
 */
final class Worth {
    private final Needs needs;
    private final double dearest;

    Worth(Needs needs) {
        this.needs = needs;
        this.dearest = needs.stakes().mostOfAnError();
    }

    /** Whether errors have a price, so that candidates are compared by totals. */
    boolean priced() {
        return dearest > 0;
    }

    /** The worth of an answer, in [0, 1]. */
    double of(Outcome outcome) {
        return priced() ? 1 - needs.stakes().loss(outcome) / dearest : outcome.score();
    }

    /** The lower end of the interval of the mean worth of a candidate's answers. */
    double atLeast(Measured row) {
        return Interval.ofMean(row.outcomes().stream().mapToDouble(this::of).toArray())
                .low();
    }

    /** The costs of a month in all; of errors where they have a price. */
    double month(Measured row) {
        return TotalCosts.of(row, needs).month();
    }

    /** Whether a month costs as much less with the first as matters. */
    boolean cheaper(Measured first, Measured second) {
        return month(second) - month(first) >= Costs.NEGLIGIBLE;
    }

    /** How much less a month costs with the first beside its errors, as a difference of worth; 0 without prices. */
    double aheadInOtherCosts(Measured first, Measured second) {
        return priced() ? (others(second) - others(first)) / money(1) : 0;
    }

    /** The money of a month that a difference of worth is. */
    double money(double worth) {
        return worth * dearest * needs.requestsPerMonth();
    }

    private double others(Measured row) {
        TotalCosts costs = TotalCosts.of(row, needs);
        return costs.month() - costs.errors();
    }
}
