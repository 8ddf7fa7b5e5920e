package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Measured rows for tests: each answer takes a second, adapting an hour, with 200 examples to learn from. */
final class Rows {
    private Rows() {}

    /** An answer; right if it equals the expected one. */
    static Outcome outcome(int id, String expected, String answer, Optional<Double> confidence) {
        return new Outcome(
                "t" + id,
                expected,
                answer,
                expected.equals(answer) ? 1 : 0,
                Duration.ofSeconds(1),
                10,
                1,
                "",
                confidence.map(p -> new Confidence(p, 0)));
    }

    static Measured row(StrategyFamily family, List<Outcome> outcomes) {
        MeasurementDetails none = MeasurementDetails.none();
        double[] scores = outcomes.stream().mapToDouble(Outcome::score).toArray();
        return new Measured(
                family.title(),
                outcomes.stream().mapToDouble(Outcome::score).average().orElseThrow(),
                Interval.ofMean(scores),
                new Latency(Duration.ofSeconds(1), Duration.ofSeconds(1)),
                10,
                1,
                Duration.ofHours(1),
                Duration.ofHours(1),
                outcomes,
                new MeasurementDetails(
                        family,
                        200,
                        none.throughput(),
                        0,
                        0,
                        List.of(),
                        none.stability(),
                        none.freshness(),
                        List.of(),
                        Optional.empty(),
                        RiskProfile.NONE,
                        Optional.empty()));
    }
}
