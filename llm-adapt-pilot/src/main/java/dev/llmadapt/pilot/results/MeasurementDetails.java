package dev.llmadapt.pilot.results;

import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Measurements of a strategy beside its quality and latency.
 *
 * @param family its kind
 * @param trainExamples the examples it could learn from when it was measured
 * @param throughput answers a second when asked for several at once; 0 where not measured
 * @param artifactBytes what was learned, on disk; 0 where nothing is kept
 * @param memoryBytes the process's resident memory after it answered, an upper bound since it is one process for all
 *     candidates; 0 where it is not known: the system does not tell, or the candidate uses no language model and was
 *     not measured alone
 * @param curve its quality over numbers of examples, the fewest first
 * @param stability how often its answer stays the same
 * @param freshness what it answers about facts that came after adapting
 * @param prompts what the base model was sent for the first test examples
 * @param teacher the account of what its teacher was asked to make it, where it has one
 * @param risks what it does on input that is not as in the test examples
 * @param judged the grade of its answers by a language model, where one was asked
 * @param hosted whether a model outside of this process answered, which is paid by the token where that has a price
 * @param omitted what there was no time to measure
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
        Optional<JudgeGrade> judged,
        boolean hosted,
        Set<Omitted> omitted) {
    private static final MeasurementDetails NONE = new MeasurementDetails(
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

    /** A measurement that may be left out when time is short. */
    public enum Omitted {
        /** What it does on input that is not as in the test examples. */
        RISKS,
        /** What it would be with fewer examples. */
        LEARNING_CURVE
    }

    /** Copies the lists and the set. */
    public MeasurementDetails {
        curve = List.copyOf(curve);
        prompts = List.copyOf(prompts);
        Set<Omitted> copy = EnumSet.noneOf(Omitted.class);
        copy.addAll(omitted);
        omitted = Collections.unmodifiableSet(copy);
    }

    /** Details of a candidate that answers in this process, with nothing omitted. */
    public MeasurementDetails(
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
        this(
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
                judged,
                false,
                Set.of());
    }

    /** Details with nothing measured. */
    public static MeasurementDetails none() {
        return NONE;
    }

    /** Returns these details with another learning curve. */
    public MeasurementDetails withCurve(List<CurvePoint> curve) {
        return copy(curve, judged, hosted, omitted);
    }

    /** Returns these details with the grade of a judge. */
    public MeasurementDetails withJudged(JudgeGrade judged) {
        return copy(curve, Optional.of(judged), hosted, omitted);
    }

    /** Returns these details of a model in this process, or outside of it. */
    public MeasurementDetails withHosted(boolean hosted) {
        return copy(curve, judged, hosted, omitted);
    }

    /** Returns these details without what there was no time for. */
    public MeasurementDetails withOmitted(Set<Omitted> omitted) {
        return copy(curve, judged, hosted, omitted);
    }

    /** These details with what is known later than the others. */
    private MeasurementDetails copy(
            List<CurvePoint> curve, Optional<JudgeGrade> judged, boolean hosted, Set<Omitted> omitted) {
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
                judged,
                hosted,
                omitted);
    }
}
