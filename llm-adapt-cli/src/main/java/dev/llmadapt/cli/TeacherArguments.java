package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.distillation.Distillation;
import dev.llmadapt.distillation.DistillationOptions;
import dev.llmadapt.distillation.Distilled;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a teacher: a model whose answers to unlabelled texts are learned. */
final class TeacherArguments {
    @Option(
            names = "--teacher",
            paramLabel = "SOURCE",
            description = "A model, named as for --model, that answers the texts of --unlabelled; what is trained"
                    + " learns its answers beside the labelled texts (docs/guides/distillation.md).")
    @Nullable
    String source;

    @Option(
            names = "--unlabelled",
            paramLabel = "FILE",
            description = "Texts without labels: the text column of a CSV, TSV, JSONL or JSON file, or the lines of"
                    + " any other.")
    @Nullable
    Path unlabelled;

    @Option(
            names = "--teacher-strategy",
            paramLabel = "STRATEGY",
            description = "How the teacher answers, as pilot --strategies names it. Default: zero-shot.")
    @Nullable
    String strategy;

    @Option(
            names = "--teacher-answers",
            paramLabel = "FILE",
            description = "Keep the teacher's answers there, JSON Lines; what is there already is not asked again.")
    @Nullable
    Path answers;

    @Option(
            names = "--teacher-samples",
            paramLabel = "N",
            description = "Ask each text N times; for a strategy whose answers are written (/constrained). Default: 1.")
    @Nullable
    Integer samples;

    @Option(
            names = "--min-agreement",
            paramLabel = "SHARE",
            description = "Keep an answer that this share of the samples agrees with. Default: 1.")
    @Nullable
    Double minAgreement;

    @Option(
            names = "--min-confidence",
            paramLabel = "P",
            description = "Keep answers of at least this probability. Default: 0.")
    @Nullable
    Double minConfidence;

    @Option(names = "--max-inputs", paramLabel = "N", description = "Ask the first N texts only.")
    @Nullable
    Integer maxInputs;

    @Option(names = "--teacher-only", description = "Leave out the labelled texts.")
    boolean only;

    /** Whether there is a teacher. */
    boolean given() {
        return source != null;
    }

    /** Whether a run that was stopped goes on with the answers so far. */
    boolean keepsAnswers() {
        return answers != null;
    }

    /**
     * Refuses options that do not belong together, before anything is read.
     *
     * @param labels whether labelled texts are given
     */
    void check(boolean labels) {
        boolean others = unlabelled != null
                || strategy != null
                || answers != null
                || samples != null
                || minAgreement != null
                || minConfidence != null
                || maxInputs != null
                || only;
        if (source == null && others) {
            throw new InvalidInput("--unlabelled and the options of a teacher need --teacher SOURCE");
        }
        if (source != null && unlabelled == null) {
            throw new InvalidInput("--teacher needs --unlabelled FILE, the texts for it to answer");
        }
        if (source != null && !labels) {
            throw new InvalidInput("--teacher needs --task, the labelled texts whose labels it chooses among");
        }
        InvalidInput.check(() -> options(0));
        InvalidInput.check(this::strategy);
    }

    /**
     * Asks the teacher, which is opened for that alone.
     *
     * @param heldOut texts that must not be learned
     * @param student how models are opened
     */
    Distilled label(CommandContext context, Task task, List<String> heldOut, ModelArguments student, long seed) {
        List<String> inputs = TaskFiles.readTexts(Path.of(String.valueOf(unlabelled)));
        try (ProgressLine progress = context.progress();
                Model opened = student.openOther(String.valueOf(source), context, progress);
                Model teacher = InvalidInput.check(() -> strategy(seed).adapt(opened, task, progress))) {
            return InvalidInput.check(() -> distillation(teacher, inputs, task, student, seed)
                    .withHeldOut(heldOut)
                    .label(task, progress));
        }
    }

    private Distillation distillation(
            Model teacher, List<String> inputs, Task task, ModelArguments student, long seed) {
        Distillation distillation = Distillation.labelling(teacher, inputs).withOptions(options(seed));
        return answers == null ? distillation : distillation.withAnswerFile(answers, name(task, student, seed));
    }

    /** Whatever decides the answers and shows in no prompt. */
    private String name(Task task, ModelArguments student, long seed) {
        Candidate answering = Candidate.of(strategy(seed));
        // labels that are scored are calibrated on the examples, unless another choice is written
        String written = answering.name();
        boolean calibrated = !task.labels().isEmpty() && (!written.contains("/") || written.contains("/calibrated"));
        String learned = calibrated || answering.traits().trains()
                ? ", seed " + seed + ", learned " + Sha256.of(task.examples().toString())
                : "";
        return source + ", " + student.precision + ", " + answering.identity() + learned;
    }

    private Strategy strategy() {
        return strategy(0);
    }

    private Strategy strategy(long seed) {
        List<Strategy> parsed =
                StrategyCatalog.parse(Optional.ofNullable(strategy).orElse("zero-shot"), seed);
        if (parsed.size() != 1) {
            throw new InvalidInput("--teacher-strategy must be one strategy, got " + strategy);
        }
        return parsed.get(0);
    }

    private DistillationOptions options(long seed) {
        DistillationOptions options =
                DistillationOptions.defaults().withSeed(seed).withOwnExamples(!only);
        options = samples == null ? options : options.withSamples(samples, options.temperature());
        options = minAgreement == null ? options : options.withMinAgreement(minAgreement);
        options = minConfidence == null ? options : options.withMinConfidence(minConfidence);
        return maxInputs == null ? options : options.withMaxInputs(maxInputs);
    }
}
