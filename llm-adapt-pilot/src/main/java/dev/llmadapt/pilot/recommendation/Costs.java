package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Measured;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The costs of a candidate at given prices: answers of a hosted model by the token, where that has a price, all others
 * by the time that they take on this machine.
 *
 * @param perThousand a thousand requests
 * @param adaptation one adaptation
 */
public record Costs(double perThousand, double adaptation) {
    /** What a month may cost more without mattering, in the currency of the prices. */
    public static final double NEGLIGIBLE = 1;

    /** The costs of a measured row. */
    public static Costs of(Measured row, Needs needs) {
        Prices prices = needs.prices();
        double seconds = row.outcomes().stream()
                        .filter(outcome -> outcome.error().isEmpty())
                        .mapToLong(outcome -> outcome.latency().toNanos())
                        .average()
                        .orElse(0)
                / 1e9;
        double request = row.details().hosted() && prices.hosted()
                ? (row.promptTokens() * prices.promptMillion() + row.completionTokens() * prices.completionMillion())
                        / 1e6
                : seconds / 3600 * prices.computeHour();
        double adaptation = hours(row.adaptTime()) * prices.computeHour();
        return new Costs(request * 1000, adaptation);
    }

    /**
     * The number of requests from which on this candidate is cheaper than another, each adapted once; empty if it never
     * is.
     *
     * @return 0 if it is cheaper from the first
     */
    public OptionalLong breakEven(Costs other) {
        double saved = (other.perThousand - perThousand) / 1000;
        double ahead = adaptation - other.adaptation;
        if (ahead <= 0) {
            return saved >= 0 ? OptionalLong.of(0) : OptionalLong.empty();
        }
        return saved <= 0 ? OptionalLong.empty() : OptionalLong.of((long) Math.ceil(ahead / saved));
    }

    private static double hours(Duration duration) {
        return duration.toNanos() / 3.6e12;
    }
}
