package dev.llmadapt.pilot;

import dev.llmadapt.pilot.PilotReport.CurvePoint;
import dev.llmadapt.pilot.PilotReport.Outcome;
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

    /** What is expected of learning from more and being asked more. */
    double expected(int train, int tests) {
        double adapting = adaptNanos * (trains() ? (double) train / trainExamples : 1);
        int answers = candidate.traits().learns() ? tests : tests - outcomes.size();
        return adapting + meanNanos() * answers;
    }

    static Interval interval(List<Outcome> outcomes) {
        return Interval.ofMean(outcomes.stream().mapToDouble(Outcome::score).toArray());
    }
}
