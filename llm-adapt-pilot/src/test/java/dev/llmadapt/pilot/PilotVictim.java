package dev.llmadapt.pilot;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportTable;
import dev.llmadapt.pilot.results.Latency;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.ModelPool;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process that runs a pilot, says a line for each thing it does, and in the end writes the table;
 * {@link PilotKillTest} ends it.
 */
final class PilotVictim {
    private PilotVictim() {}

    /**
     * Arguments: what to run ({@code race}, {@code training} or {@code models}), the folder of the run, and the file
     * for the table.
     */
    public static void main(String[] arguments) throws IOException {
        Path work = Path.of(arguments[1]);
        String table = run(arguments[0], work, () -> {
            System.out.println("did");
            LockSupport.parkNanos(500_000); // so that there is a time at which to be killed
        });
        Files.writeString(Path.of(arguments[2]), table);
    }

    static String run(String what, Path work, Runnable did) {
        return switch (what) {
            case "race" -> race(work, did);
            case "training" -> training(work, did);
            default -> models(work, did);
        };
    }

    /** Heads and prompts on two models that take turns in memory, on the real clock. */
    private static String models(Path work, Runnable did) {
        try (ModelPool pool = new ModelPool(0)) {
            List<CandidateModel> models = Stream.of("tiny-llama", "tiny-ascii")
                    .map(name ->
                            new CandidateModel(name, name, 1, pool.add(1, () -> TrainedOnSeveralModelsTest.open(name))))
                    .toList();
            return table(Pilot.of(TrainedPilotTest.split())
                    .candidates(CandidateModel.candidates(
                            StrategyCatalog.parse("words,embeddings,zero-shot,features,lora(1),rag(1)", 0), models))
                    .folder(work)
                    .progress((stage, done, total) -> did.run())
                    .run(models.get(0).model()));
        }
    }

    /** A race on a clock that stands still but for what is asked: every column must come out the same. */
    private static String race(Path work, Runnable did) {
        return ReportTable.write(new ResumeTest.Attempt(Integer.MAX_VALUE, did).run(work), 1_000, false);
    }

    /** Training, on the real clock: every column but those of time must come out the same, and every answer. */
    private static String training(Path work, Runnable did) {
        Progress progress = (stage, done, total) -> did.run();
        try (Model model = LocalModel.open(
                TrainedPilotTest.tinyLlama(), ModelOptions.defaults().withThreads(1))) {
            PilotReport report = Pilot.of(TrainedPilotTest.split())
                    .candidates(StrategyCatalog.parse("words,zero-shot,lora(3),prompt-tuning(1),rag(1)+lora(1)", 0))
                    .folder(work)
                    .progress(progress)
                    .run(model);
            return table(report);
        }
    }

    /** The table without times, then every answer. */
    private static String table(PilotReport report) {
        StringBuilder text = new StringBuilder(ReportTable.write(withoutTimes(report), 1_000, false));
        for (Measured row : report.measured()) {
            row.outcomes()
                    .forEach(outcome -> text.append(row.strategy())
                            .append(' ')
                            .append(outcome.answer())
                            .append('\n'));
        }
        return text.toString();
    }

    private static PilotReport withoutTimes(PilotReport report) {
        List<Row> rows = new ArrayList<>();
        for (Measured row : report.measured()) {
            MeasurementDetails details = row.details();
            List<Outcome> outcomes = row.outcomes().stream()
                    .map(outcome -> new Outcome(
                            outcome.id(),
                            outcome.expected(),
                            outcome.answer(),
                            outcome.score(),
                            Duration.ofMillis(1),
                            outcome.promptTokens(),
                            outcome.completionTokens(),
                            outcome.error()))
                    .toList();
            rows.add(new Measured(
                    row.strategy(),
                    row.quality(),
                    row.interval(),
                    new Latency(Duration.ofMillis(1), Duration.ofMillis(1)),
                    row.promptTokens(),
                    row.completionTokens(),
                    Duration.ZERO,
                    Duration.ZERO,
                    outcomes,
                    new MeasurementDetails(
                            details.family(),
                            details.trainExamples(),
                            0,
                            details.artifactBytes(),
                            0,
                            List.of(),
                            details.stability(),
                            details.freshness(),
                            details.prompts(),
                            details.teacher(),
                            details.risks(),
                            details.judged())));
        }
        return new PilotReport(
                report.started(),
                report.settings(),
                report.model(),
                report.task(),
                report.options(),
                report.needs(),
                rows,
                report.comparisons(),
                report.leftBehind());
    }
}
