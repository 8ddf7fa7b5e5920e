package dev.llmadapt.pilot;

import dev.llmadapt.pilot.measurement.CurvePoint;
import dev.llmadapt.pilot.measurement.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Family;
import java.util.ArrayList;
import java.util.List;

/** How far a candidate has come. */
final class Standing {
    final Candidate candidate;
    final List<CurvePoint> curve = new ArrayList<>();
    List<Outcome> outcomes = List.of();
    int trainExamples;
    long adaptNanos;
    String error = "";
    String note = "";

    Standing(Candidate candidate) {
        this.candidate = candidate;
    }

    boolean trains() {
        return candidate.traits().trains();
    }

    Family family() {
        return candidate.traits().family();
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

    /** What came of learning from some examples. */
    void reached(int train, List<Outcome> answers, long adapting) {
        outcomes = answers;
        trainExamples = train;
        adaptNanos = adapting;
        curve.removeIf(earlier -> earlier.trainExamples() == train);
        curve.add(new CurvePoint(
                train, answers.size(), quality(), interval(answers), java.time.Duration.ofNanos(adapting)));
    }

    /** Nanoseconds that learning from more and being asked more are expected to take. */
    double expected(int train, int tests) {
        return candidate.traits().costly()
                ? adaptNanos * ((double) train / trainExamples) + meanNanos() * tests
                : meanNanos() * (tests - outcomes.size());
    }

    /** Another point of the curve, of fewer examples than it learned from in the end. */
    void before(int train, List<Outcome> answers, long adapting) {
        double mean = answers.stream().mapToDouble(Outcome::score).average().orElse(0);
        curve.removeIf(earlier -> earlier.trainExamples() == train);
        curve.add(new CurvePoint(train, answers.size(), mean, interval(answers), java.time.Duration.ofNanos(adapting)));
        curve.sort(java.util.Comparator.comparingInt(CurvePoint::trainExamples));
    }

    static Interval interval(List<Outcome> outcomes) {
        return Interval.ofMean(outcomes.stream().mapToDouble(Outcome::score).toArray());
    }
}
