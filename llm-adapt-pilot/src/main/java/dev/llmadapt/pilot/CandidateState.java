package dev.llmadapt.pilot;

import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.Quantile;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The progress of one candidate: what it answered, its learning curve, and why it went no further. */
final class CandidateState {
    final Candidate candidate;
    final List<CurvePoint> curve = new ArrayList<>();
    List<Outcome> outcomes = List.of();
    int trainExamples;
    long adaptNanos;
    String error = "";
    boolean beaten;
    String note = "";

    CandidateState(Candidate candidate) {
        this.candidate = candidate;
    }

    /** Whether it trains for long. */
    boolean trainsLong() {
        return candidate.traits().training() == Training.LONG;
    }

    double quality() {
        return outcomes.stream().mapToDouble(Outcome::score).average().orElse(0);
    }

    double meanNanos() {
        return outcomes.stream()
                .mapToLong(outcome -> outcome.latency().toNanos())
                .average()
                .orElse(0);
    }

    /** Records the answers so far. */
    void reached(int train, List<Outcome> answers, long adapting) {
        outcomes = answers;
        trainExamples = train;
        adaptNanos = adapting;
        curve.removeIf(earlier -> earlier.trainExamples() == train);
        curve.add(new CurvePoint(train, answers.size(), quality(), interval(answers), Duration.ofNanos(adapting)));
    }

    /** Records that it cannot be measured; what it answered before is forgotten. */
    void failed(String why) {
        outcomes = List.of();
        error = why;
    }

    /** Adds a point to the curve, of fewer examples than the candidate learned from in the end. */
    void before(int train, List<Outcome> answers, long adapting) {
        double mean = answers.stream().mapToDouble(Outcome::score).average().orElse(0);
        curve.removeIf(earlier -> earlier.trainExamples() == train);
        curve.add(new CurvePoint(train, answers.size(), mean, interval(answers), Duration.ofNanos(adapting)));
        curve.sort(Comparator.comparingInt(CurvePoint::trainExamples));
    }

    /** The row of the report. */
    Measured measured(MeasurementDetails details) {
        List<Outcome> answered =
                outcomes.stream().filter(outcome -> outcome.error().isEmpty()).toList();
        double[] nanos = answered.stream()
                .mapToDouble(outcome -> outcome.latency().toNanos())
                .sorted()
                .toArray();
        double all = outcomes.stream()
                .mapToDouble(outcome -> outcome.latency().toNanos())
                .sum();
        return new Measured(
                candidate.name(),
                quality(),
                interval(outcomes),
                new Latency(Duration.ofNanos((long) Quantile.of(nanos, 0.5)), Duration.ofNanos((long)
                        Quantile.of(nanos, 0.95))),
                answered.stream().mapToInt(Outcome::promptTokens).average().orElseThrow(),
                answered.stream().mapToInt(Outcome::completionTokens).average().orElseThrow(),
                Duration.ofNanos(adaptNanos),
                Duration.ofNanos(adaptNanos + (long) all),
                outcomes,
                details);
    }

    static Interval interval(List<Outcome> outcomes) {
        return Interval.ofMean(outcomes.stream().mapToDouble(Outcome::score).toArray());
    }
}
