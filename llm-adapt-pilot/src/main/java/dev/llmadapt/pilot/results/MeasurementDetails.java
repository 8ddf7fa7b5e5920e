package dev.llmadapt.pilot.results;

import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.List;
import java.util.Optional;

/**
 * Measurements of a strategy beside its quality and latency.
 *
 * @param family its kind
 * @param trainExamples the examples it could learn from when it was measured
 * @param throughput answers a second when asked for several at once; 0 where not measured
 * @param artifactBytes what was learned, on disk; 0 where nothing is kept
 * @param memoryBytes the process's resident memory after it answered, an upper bound since it is one process for all
 *     candidates; 0 where the system does not tell
 * @param curve its quality over numbers of examples, the fewest first
 * @param stability how often its answer stays the same
 * @param freshness what it answers about facts that came after adapting
 * @param prompts what the base model was sent for the first test examples
 * @param teacher the account of what its teacher was asked to make it, where it has one
 * @param risks what it does on input that is not as in the test examples
 * @param judged the grade of its answers by a language model, where one was asked
 */
public record MeasurementDetails(
        StrategyFamily family,
        int trainExamples,
        double throughput,
        long artifactBytes,
        long memoryBytes,
        List<CurvePoint> curve,
        Stability stability,
        Freshness freshness,
        List<SentPrompt> prompts,
        Optional<DistillationReport> teacher,
        RiskProfile risks,
        Optional<JudgeGrade> judged) {
    /** Copies the lists. */
    public MeasurementDetails {
        curve = List.copyOf(curve);
        prompts = List.copyOf(prompts);
    }

    /** Returns these details with another learning curve. */
    public MeasurementDetails withCurve(List<CurvePoint> curve) {
        return new MeasurementDetails(
                family,
                trainExamples,
                throughput,
                artifactBytes,
                memoryBytes,
                curve,
                stability,
                freshness,
                prompts,
                teacher,
                risks,
                judged);
    }

    /** Returns these details with the grade of a judge. */
    public MeasurementDetails withJudged(JudgeGrade judged) {
        return new MeasurementDetails(
                family,
                trainExamples,
                throughput,
                artifactBytes,
                memoryBytes,
                curve,
                stability,
                freshness,
                prompts,
                teacher,
                risks,
                Optional.of(judged));
    }

    /** Details with nothing measured. */
    public static MeasurementDetails none() {
        return new MeasurementDetails(
                StrategyFamily.OTHER,
                0,
                0,
                0,
                0,
                List.of(),
                Stability.NONE,
                new Freshness(0, 0, 0),
                List.of(),
                Optional.empty(),
                RiskProfile.NONE,
                Optional.empty());
    }
}
