package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.Task;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.pilot.ReportJudging;
import dev.llmadapt.pilot.judging.Judge;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.JudgeGrade;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.task.HumanGrades;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.TextFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a judge: a language model that grades answers in free text, beside the task's metric. */
final class JudgeArguments {
    @Option(
            names = "--judge",
            paramLabel = "SOURCE",
            description = "A model, named as for --model, that grades the answers of a task in free text, after the"
                    + " measurement and outside of --budget.")
    @Nullable
    String source;

    @Option(
            names = "--rubric",
            paramLabel = "FILE",
            description = "What makes an answer good, for the judge to read. Default: a general one.")
    @Nullable
    Path rubric;

    @Option(
            names = "--human-grades",
            paramLabel = "FILE",
            description = "Grades by people, to tell how far the judge agrees: columns id or input (of a test"
                    + " example), answer, grade (1 to 5).")
    @Nullable
    Path people;

    /** A judge's files, read. */
    record Read(String rubric, Optional<HumanGrades> people) {}

    /** Refuses what does not belong together and reads the files, before anything runs. */
    Optional<Read> read(TaskSplit split) {
        if (source == null) {
            if (rubric != null || people != null) {
                throw new InvalidInput("--rubric and --human-grades need --judge SOURCE");
            }
            return Optional.empty();
        }
        Task task = split.task();
        if (!task.labels().isEmpty() || task.schema().isPresent()) {
            throw new InvalidInput("--judge grades free text, the answers of task '" + task.name() + "' are "
                    + (task.labels().isEmpty() ? "JSON" : "labels") + ", which are right or wrong without a judge");
        }
        String text = rubric == null ? Judge.DEFAULT_RUBRIC : TextFile.read(rubric);
        if (text.isBlank()) {
            throw new InvalidInput("--rubric " + rubric + " is empty");
        }
        return Optional.of(new Read(
                text, Optional.ofNullable(people).map(file -> HumanGrades.read(file, split.test()))));
    }

    /** The report with the judge's grades. */
    PilotReport judge(
            PilotReport report, Read read, @Nullable Path work, ModelArguments model, CommandContext context) {
        try (ProgressLine progress = context.progress();
                Model opened = model.openOther(String.valueOf(source), context, progress);
                ReportJudging judging = ReportJudging.of(new Judge(opened, read.rubric()), work, progress)) {
            PilotReport judged = judging.judge(report)
                    .withSetting("judge", opened.info().name())
                    .withSetting("rubric", rubric == null ? "the general one" : rubric.toString());
            return read.people().isPresent()
                    ? judged.withSetting(
                            "judge and people agree",
                            judging.agreement(read.people().get()).text())
                    : judged;
        }
    }

    /** Prints the grades, best first. */
    static void print(PilotReport report, CommandContext context) {
        if (report.measured().stream().noneMatch(row -> row.details().judged().isPresent())) {
            return;
        }
        context.out().println("judged by " + report.settings().getOrDefault("judge", "a model") + ", 0 to 1:");
        report.measured().stream()
                .filter(row -> row.details().judged().isPresent())
                .sorted((a, b) -> Double.compare(grade(b).grade(), grade(a).grade()))
                .forEach(row -> context.out().println("  " + line(row)));
        String agreement = report.settings().get("judge and people agree");
        context.out()
                .println(
                        agreement == null
                                ? "how far it agrees with people is not known (--human-grades FILE)"
                                : "judge and people agree " + agreement);
        context.out().flush();
    }

    private static JudgeGrade grade(Measured row) {
        return row.details().judged().orElseThrow();
    }

    private static String line(Measured row) {
        JudgeGrade grade = grade(row);
        String line = String.format(
                Locale.ROOT,
                "%s: %.3f (%.3f to %.3f), %d answers",
                row.strategy(),
                grade.grade(),
                grade.interval().low(),
                grade.interval().high(),
                grade.answers());
        String failed = grade.failed() == 0 ? "" : ", " + grade.failed() + " too long for the judge";
        return line
                + failed
                + grade.againstBest()
                        .map(rate -> String.format(
                                Locale.ROOT,
                                "; preferred to the best by the metric in %.0f%% (%.0f%% to %.0f%%) of %d",
                                100 * rate.value(),
                                100 * rate.interval().low(),
                                100 * rate.interval().high(),
                                rate.of()))
                        .orElse("");
    }
}
