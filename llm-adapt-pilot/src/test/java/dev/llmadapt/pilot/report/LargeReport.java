package dev.llmadapt.pilot.report;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.recommendation.Stakes;
import dev.llmadapt.pilot.report.PilotReport.Baselines;
import dev.llmadapt.pilot.report.PilotReport.TaskSummary;
import dev.llmadapt.pilot.results.Comparison;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.results.RuledOut;
import dev.llmadapt.pilot.results.SentPrompt;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.results.Stability;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A report as a whole default run gives one: many candidates, many tests, its answers drawn at random. */
final class LargeReport {
    /** The tests of the shipped task. */
    static final int TESTS = 216;

    private static final List<String> LABELS = List.of(
            "card not arrived",
            "lost card",
            "stolen card",
            "card swallowed by the machine",
            "pin forgotten",
            "pin blocked",
            "top-up failed",
            "top-up limits",
            "exchange rate",
            "exchange fee",
            "transfer late",
            "transfer refused",
            "refund missing",
            "account closed",
            "address changed",
            "statement wanted",
            "verify identity",
            "age limit");

    private LargeReport() {}

    private record Drawn(String name, StrategyFamily family, double quality, double millis, int tests, boolean sure) {}

    static PilotReport report(Stakes stakes, int size) {
        SplittableRandom random = new SplittableRandom(7);
        List<Example> tests = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String label = LABELS.get(i % LABELS.size());
            tests.add(new Example(
                    "m%04d".formatted(i),
                    "Hello, message " + i + " is about this: " + label + ", please help.",
                    label));
        }
        List<Row> rows = new ArrayList<>();
        for (Drawn drawn : candidates()) {
            rows.add(measured(drawn, tests, random));
        }
        rows.add(new Failed("chain-of-thought", "the prompt has 9000 tokens, the context holds 8192"));
        rows.add(new RuledOut("full-tuning", "the budget did not reach to it: 32 min expected, 4 min left"));
        rows.add(new RuledOut("dora", "the budget did not reach to it: 12 min expected, 3 min left"));
        rows.add(new RuledOut("rag", "the task has no corpus to retrieve from"));
        rows.add(new RuledOut("rag(1)+lora", "the task has no corpus to retrieve from"));
        List<Measured> measured = rows.stream()
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .toList();
        return new PilotReport(
                Instant.parse("2026-11-28T20:11:19.859139403Z"),
                Map.of("task", "pennywell", "model", "default", "precision", "q4", "strategies", "words,lora"),
                Optional.of(new ModelInfo("SmolLM2-135M", "llama", 134_515_008, 8_192, 49_152, "q4_1")),
                new TaskSummary(
                        "pennywell",
                        "cd".repeat(32),
                        "accuracy",
                        LABELS.size(),
                        432,
                        size,
                        Optional.of(new Baselines(1.0 / LABELS.size(), 0.067, "card not arrived")),
                        tests),
                new PilotOptions(1_000, 0),
                Needs.defaults().withMinimumQuality(0.7).withStakes(stakes),
                rows,
                Comparison.ofBest(measured),
                new TreeMap<>(Map.of(
                        "few-shot", "it is shown to be no better than words",
                        "role", "it is shown to be no better than words")));
    }

    private static List<Drawn> candidates() {
        return List.of(
                new Drawn("words", StrategyFamily.CLASSIFIER, 0.63, 0.2, TESTS, true),
                new Drawn("embeddings", StrategyFamily.CLASSIFIER, 0.9, 4, TESTS, true),
                new Drawn("distil(embeddings>words)", StrategyFamily.CLASSIFIER, 0.75, 0.2, TESTS, true),
                new Drawn("features", StrategyFamily.CLASSIFIER, 0.84, 61, TESTS, true),
                new Drawn("lora-head", StrategyFamily.FINE_TUNING, 0.88, 75, TESTS, true),
                new Drawn("majority", StrategyFamily.BASELINE, 0.06, 0.04, TESTS, false),
                new Drawn("random", StrategyFamily.BASELINE, 0.055, 0.03, TESTS, false),
                new Drawn("nearest-example", StrategyFamily.BASELINE, 0.6, 0.3, TESTS, false),
                new Drawn("zero-shot", StrategyFamily.PROMPTING, 0.2, 170, 64, true),
                new Drawn("few-shot", StrategyFamily.PROMPTING, 0.28, 232, 64, true),
                new Drawn("role", StrategyFamily.PROMPTING, 0.19, 167, 32, true),
                new Drawn("few-shot-nearest", StrategyFamily.PROMPTING, 0.55, 863, 128, true),
                new Drawn("self-consistency", StrategyFamily.PROMPTING, 0.25, 2_900, 16, false),
                new Drawn("lora", StrategyFamily.FINE_TUNING, 0.5, 160, TESTS, true),
                new Drawn("instruction+lora", StrategyFamily.FINE_TUNING, 0.52, 158, TESTS, true),
                new Drawn("few-shot-nearest(4)+lora", StrategyFamily.FINE_TUNING, 0.54, 700, 64, true),
                new Drawn("prompt-tuning", StrategyFamily.PROMPT_TUNING, 0.22, 139, 32, true),
                new Drawn("prefix-tuning", StrategyFamily.PROMPT_TUNING, 0.26, 150, 32, true));
    }

    private static Measured measured(Drawn drawn, List<Example> tests, SplittableRandom random) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < Math.min(drawn.tests(), tests.size()); i++) {
            Example test = tests.get(i);
            double probability = Math.min(0.99, Math.max(0.05, drawn.quality() + random.nextDouble(-0.4, 0.4)));
            boolean right = random.nextDouble() < probability;
            String answer = right
                    ? test.output()
                    : LABELS.get((LABELS.indexOf(test.output()) + 1 + (random.nextInt(3) == 0 ? random.nextInt(5) : 0))
                            % LABELS.size());
            long nanos = (long) (drawn.millis() * random.nextDouble(0.8, 1.4) * 1e6);
            outcomes.add(new Outcome(
                    test.id(),
                    test.output(),
                    answer,
                    answer.equals(test.output()) ? 1 : 0,
                    Duration.ofNanos(nanos),
                    120,
                    3,
                    "",
                    drawn.sure() ? Optional.of(new Confidence(probability, 0.2)) : Optional.empty()));
        }
        double[] scores = outcomes.stream().mapToDouble(Outcome::score).toArray();
        double quality = Arrays.stream(scores).average().orElseThrow();
        Interval interval = Interval.ofMean(scores);
        boolean trains = drawn.family() != StrategyFamily.PROMPTING && drawn.family() != StrategyFamily.BASELINE;
        List<CurvePoint> curve = trains
                ? List.of(
                        new CurvePoint(
                                64,
                                60,
                                quality * 0.6,
                                new Interval(quality * 0.45, quality * 0.75),
                                Duration.ofSeconds(3)),
                        new CurvePoint(
                                256,
                                60,
                                quality * 0.85,
                                new Interval(quality * 0.7, Math.min(1, quality)),
                                Duration.ofSeconds(9)),
                        new CurvePoint(432, outcomes.size(), quality, interval, Duration.ofSeconds(20)))
                : List.of(new CurvePoint(432, outcomes.size(), quality, interval, Duration.ZERO));
        return new Measured(
                drawn.name(),
                quality,
                interval,
                new Latency(Duration.ofNanos((long) (drawn.millis() * 1e6)), Duration.ofNanos((long)
                        (drawn.millis() * 1.4e6))),
                120,
                3,
                Duration.ofMillis((long) (drawn.millis() * 300)),
                Duration.ofSeconds(30),
                outcomes,
                new MeasurementDetails(
                        drawn.family(),
                        432,
                        0,
                        trains ? 1_900_000 : 0,
                        900_000_000,
                        curve,
                        new Stability(new Share(40, 50), Share.NONE, Share.NONE),
                        new Freshness(0, 0, 0),
                        drawn.millis() > 50
                                ? List.of(new SentPrompt(
                                        "m0000", List.of(Message.system("Choose."), Message.user("Hello"))))
                                : List.of(),
                        Optional.empty(),
                        RiskProfile.NONE,
                        Optional.empty()));
    }

    /** Writes the page to a file, to be looked at. */
    public static void main(String[] args) throws IOException {
        PilotReport report = report(
                args.length > 1
                        ? Stakes.none()
                                .withError(2)
                                .withPerson(1.5)
                                .withLabel(0.3)
                                .withPrecision(0.9)
                                .withCurrency("EUR")
                        : Stakes.none(),
                TESTS);
        Files.writeString(Path.of(args[0]), ReportHtml.write(report));
        System.out.print(ReportTable.write(report, 0, false));
    }
}
