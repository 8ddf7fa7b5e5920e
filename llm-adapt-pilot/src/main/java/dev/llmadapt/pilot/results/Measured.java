package dev.llmadapt.pilot.results;

import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.PairedDifference;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The row of a strategy that answered.
 *
 * @param strategy its name
 * @param quality the mean score, in [0, 1]; an answer that failed counts as 0
 * @param interval where that mean lies with 95 % confidence
 * @param latency of one answer
 * @param promptTokens tokens read for one answer, on average over those that did not fail
 * @param completionTokens tokens written for one answer, likewise
 * @param adaptTime how long adapting took
 * @param wallTime how long adapting and the answers took together
 * @param outcomes one a test example; a strategy that was left behind answered fewer, a part of the same sample in the
 *     same order
 * @param details what else was measured
 */
public record Measured(
        String strategy,
        double quality,
        Interval interval,
        Latency latency,
        double promptTokens,
        double completionTokens,
        Duration adaptTime,
        Duration wallTime,
        List<Outcome> outcomes,
        MeasurementDetails details)
        implements Row {
    /** Copies the outcomes. */
    public Measured {
        outcomes = List.copyOf(outcomes);
    }

    /** Returns this row with other details. */
    public Measured withDetails(MeasurementDetails details) {
        return new Measured(
                strategy,
                quality,
                interval,
                latency,
                promptTokens,
                completionTokens,
                adaptTime,
                wallTime,
                outcomes,
                details);
    }

    /** The difference of this strategy's scores from another one's, over the examples that both answered. */
    public PairedDifference differenceFrom(Measured other) {
        Map<String, Double> scores = new HashMap<>();
        other.outcomes.forEach(outcome -> scores.put(outcome.id(), outcome.score()));
        List<Outcome> both = outcomes.stream()
                .filter(outcome -> scores.containsKey(outcome.id()))
                .toList();
        return PairedDifference.of(
                both.stream().mapToDouble(Outcome::score).toArray(),
                both.stream()
                        .mapToDouble(outcome -> scores.getOrDefault(outcome.id(), 0.0))
                        .toArray());
    }

    /** How far the probabilities of the answers can be trusted. */
    public Calibration calibration() {
        return Calibration.of(outcomes);
    }

    /** The number of answers that failed. */
    public int errors() {
        return (int)
                outcomes.stream().filter(outcome -> !outcome.error().isEmpty()).count();
    }
}
