package dev.llmadapt.pilot.report;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.JudgeGrade;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.OutOfScope;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.PersonalData;
import dev.llmadapt.pilot.results.PersonalDataSent;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.results.SentPrompt;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.results.Stability;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A report with a row of every kind, its numbers made up. */
public final class SampleReport {
    private static final DistillationReport TEACHER = new DistillationReport(
            9,
            6,
            400,
            Map.of(DistillationReport.Reason.DUPLICATE, 3),
            Map.of("a", 4, "b", 2),
            new DistillationReport.Cost(4, 40, 4, Duration.ofMillis(1_250)),
            new DistillationReport.Cost(2, 20, 2, Duration.ofMillis(500)),
            0,
            0,
            List.of());

    private static final RiskProfile RISKS = new RiskProfile(
            List.of(new NoisyQuality("typos", 16, 0.75, 0.625, new Interval(-0.375, 0.125))),
            new InjectionShare(3, 1, 16),
            new InjectionShare(2, 0, 8),
            new OutOfScope(16, 15, Optional.of(new OutOfScope.Separation(60, 0.5, 4, 0.875))),
            new PersonalDataSent(4, 1, new PersonalData(1, 0, 0, 0), new PersonalData(0, 2, 1, 0)));

    private static final JudgeGrade JUDGED =
            new JudgeGrade(0.625, new Interval(0.5, 0.75), 4, 1, Optional.of(new JudgeGrade.WinRate(2, 1, 1)));

    private SampleReport() {}

    public static PilotReport report() {
        return new PilotReport(
                        Instant.parse("2026-11-23T10:15:30.123Z"),
                        Map.of(),
                        Optional.of(new ModelInfo("SmolLM2-135M", "llama", 134_515_008, 8_192, 49_152, "q4_1")),
                        new TaskSummary(
                                "pennywell",
                                "ab".repeat(32),
                                "accuracy",
                                3,
                                400,
                                4,
                                Optional.of(new Baselines(1.0 / 3, 0.25, "card \"lost\" \u00fc")),
                                List.of(
                                        new Example("m1", "where is <b>my</b> card", "a"),
                                        new Example("m2", "it was <b>\"stolen\"</b>", "b"))),
                        new PilotOptions(4, 42),
                        Needs.defaults().withLatency(Duration.ofSeconds(10)).withMinimumQuality(0.1),
                        List.of(
                                row("zero-shot", 0.25, 12_345_678, 151.4),
                                new Failed("chain-of-thought", "the prompt has 9000 tokens, the context holds 8192"),
                                new RuledOut("rag", "the task has no corpus to retrieve from"),
                                row("few-shot-nearest(12)/constrained", 0.75, 1_234_000_000, 1020.6)),
                        List.of(new Comparison("few-shot-nearest(12)/constrained", "zero-shot", 2, 0, 0.5)),
                        Map.of())
                .withSetting("model", "default")
                .withSetting("a", "second");
    }

    /** The report, its answers with probabilities. */
    static PilotReport confident() {
        PilotReport report = report();
        return new PilotReport(
                report.started(),
                report.settings(),
                report.model(),
                report.task(),
                report.options(),
                report.needs(),
                report.rows().stream()
                        .map(row -> row instanceof Measured measured ? confident(measured) : row)
                        .toList(),
                report.comparisons(),
                report.leftBehind());
    }

    private static Measured confident(Measured row) {
        Outcome first = row.outcomes().get(0);
        return new Measured(
                row.strategy(),
                row.quality(),
                row.interval(),
                row.latency(),
                row.promptTokens(),
                row.completionTokens(),
                row.adaptTime(),
                row.wallTime(),
                List.of(
                        new Outcome(
                                first.id(),
                                first.expected(),
                                first.answer(),
                                first.score(),
                                first.latency(),
                                first.promptTokens(),
                                first.completionTokens(),
                                first.error(),
                                Optional.of(new Confidence(0.875, 0.0234375))),
                        row.outcomes().get(1)),
                row.details());
    }

    private static Measured row(String name, double quality, long nanos, double tokens) {
        return new Measured(
                name,
                quality,
                Interval.wilson((int) (4 * quality), 4),
                new Latency(Duration.ofNanos(nanos), Duration.ofNanos(2 * nanos)),
                tokens,
                3.5,
                Duration.ofMillis(1_500),
                Duration.ofSeconds(61),
                List.of(
                        new Outcome("m1", "a", "a", 1, Duration.ofNanos(nanos), 150, 3, ""),
                        new Outcome("m2", "b", "", 0, Duration.ofMillis(100), 0, 0, "too long")),
                details(name, quality));
    }

    private static MeasurementDetails details(String name, double quality) {
        return new MeasurementDetails(
                name.startsWith("few") ? StrategyFamily.FINE_TUNING : StrategyFamily.PROMPTING,
                400,
                2.5,
                1_500_000,
                300L << 20,
                List.of(
                        new CurvePoint(16, 2, quality / 2, new Interval(0, 0.5), Duration.ofMillis(20)),
                        new CurvePoint(400, 4, quality, new Interval(0, 1), Duration.ofMillis(1_500))),
                new Stability(new Share(3, 4), Share.NONE, new Share(2, 2)),
                new Freshness(0.1, 0.4, 8),
                List.of(new SentPrompt("m1", List.of(Message.system("Choose <one>."), Message.user("where")))),
                name.startsWith("few") ? Optional.of(TEACHER) : Optional.empty(),
                name.startsWith("few") ? RISKS : RiskProfile.NONE,
                name.startsWith("few") ? Optional.of(JUDGED) : Optional.empty());
    }
}
