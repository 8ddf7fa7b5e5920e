package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.distillation.Distilled;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.PreferenceTuning;
import dev.llmadapt.peft.PrefixTuning;
import dev.llmadapt.peft.PromptTuning;
import dev.llmadapt.peft.TrainingSet;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.TuningSearch;
import dev.llmadapt.peft.data.Curation.Curated;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.training.Rewards;
import dev.llmadapt.peft.training.TrainingCurve;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOn;
import dev.llmadapt.peft.training.TrainingOptions.LossOver;
import dev.llmadapt.peft.training.TrainingOptions.Schedule;
import dev.llmadapt.peft.training.TrainingVerdict;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.ZeroShot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train}: an adapter, or a whole model, from labelled examples or from conversations. */
@Command(
        name = "train",
        description =
                "Trains an adapter on labelled texts or on conversations and writes it as Hugging Face PEFT does.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt train --task my.csv --out my-lora",
            "  llm-adapt train --task my.csv --method prefix-tuning --epochs 5 --out my-prefix",
            "  llm-adapt train --task my.csv --search --budget 1h --work run --out my-lora",
            "  llm-adapt train --task my.csv --work run --validation 0.1 --patience 3 --out my-lora",
            "  llm-adapt train --task my.csv --teacher hf:org/large --unlabelled texts.txt --out my-lora",
            "  llm-adapt pilot --task my.csv --adapter my-lora",
            "  llm-adapt train --data my.jsonl --deduplicate --mask-personal --out my-lora",
            "  llm-adapt train --preferences my.jsonl --beta 0.1 --start my-lora --out my-dpo",
            "  llm-adapt generate --adapter my-lora \"...\""
        })
final class TrainCommand implements Callable<Integer> {
    private static final String REPORT = "curation.json";
    private static final String TEACHER_REPORT = "distillation.json";

    private final CommandContext context;

    @Option(
            names = "--task",
            paramLabel = "FILE|FOLDER",
            description = "A CSV or JSONL file with a text and a label column, or a folder of train and test. Either"
                    + " this, --data or --preferences.")
    @Nullable
    Path task;

    @Mixin
    final TrainingFileArguments data = new TrainingFileArguments();

    @Mixin
    final PreferenceArguments preferences = new PreferenceArguments();

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "A folder that is new or empty.")
    Path out = Path.of("");

    @Option(
            names = "--method",
            paramLabel = "KIND",
            defaultValue = "lora",
            completionCandidates = Methods.class,
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    String method = "lora";

    @Option(names = "--rank", paramLabel = "N", description = "Rank of lora and dora. Default: 16.")
    @Nullable
    Integer rank;

    @Option(names = "--virtual-tokens", paramLabel = "N", description = "Of prompts and prefixes. Default: 20.")
    @Nullable
    Integer virtualTokens;

    @Option(
            names = "--encoder-hidden-size",
            paramLabel = "N",
            description =
                    "Of the network that makes the virtual tokens of p-tuning. Default: 128. With prefix-tuning it"
                            + " makes the prefixes; default: none.")
    @Nullable
    Integer encoderHiddenSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the examples. Default: 3, and more where that is less than --min-steps.")
    @Nullable
    Integer epochs;

    @Option(
            names = "--min-steps",
            paramLabel = "N",
            description = "The least steps, whatever the passes. Default: 80, or 0 where --epochs is given.")
    @Nullable
    Integer minSteps;

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description = "The number of steps, whatever the passes and least steps.")
    @Nullable
    Integer maxSteps;

    @Option(names = "--batch", paramLabel = "N", description = "Examples of a step. Default: 16.")
    @Nullable
    Integer batch;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            description = "Examples that run at once; gradients of several runs add up. Default: 16.")
    @Nullable
    Integer microBatch;

    @Option(
            names = "--search",
            description = "First try other rates, ranks and numbers of steps for a while, and train with the best:"
                    + " successive halving, judged by examples that a trial does not learn.")
    boolean search;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "The time for --search, such as 90s or 1h; 0 for no limit. Default: 10m.")
    @Nullable
    String budget;

    @Option(names = "--rate", paramLabel = "X", description = "The highest learning rate. Default: by method.")
    @Nullable
    Double rate;

    @Option(names = "--schedule", paramLabel = "KIND", description = "constant, linear or cosine. Default: cosine.")
    @Nullable
    Schedule schedule;

    @Option(names = "--max-length", paramLabel = "N", description = "Tokens of a text. Default: 1024.")
    @Nullable
    Integer maxLength;

    @Option(
            names = "--learn",
            paramLabel = "WHAT",
            description =
                    "completion: the last answer; assistant: every answer but those marked as not to be learned; all:"
                            + " every token."
                            + " Default: assistant.")
    @Nullable
    LossOn learn;

    @Option(
            names = "--loss-over",
            paramLabel = "WHAT",
            description =
                    "What the tokens of an answer compete with: vocabulary, or choices, the labels of --task alone, as"
                            + " when an answer is chosen among them. Default: vocabulary.")
    @Nullable
    LossOver lossOver;

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description = "Share of the examples to choose the best step by, 0 to 0.5. Default: 0.")
    @Nullable
    Double validation;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N measurements that bring nothing better.")
    @Nullable
    Integer patience;

    @Option(
            names = "--train-precision",
            paramLabel = "KIND",
            converter = ModelArguments.PrecisionName.class,
            description = "Of the frozen weights while training: fp32, or as-stored, int8, int4 to save memory."
                    + " Default: fp32.")
    @Nullable
    Precision trainPrecision;

    @Option(names = "--recompute", description = "Save memory by computing activations twice.")
    boolean recompute;

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description = "Write the curve and snapshots there; a run that was stopped goes on from them.")
    @Nullable
    Path work;

    @Option(names = "--seed", paramLabel = "N", description = "Fixes order and beginning. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Mixin
    final CurationArguments curation = new CurationArguments();

    @Mixin
    final TeacherArguments teacher = new TeacherArguments();

    @Mixin
    final ModelArguments model = new ModelArguments();

    /** The names of {@link Tuning}. */
    static final class Methods implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Tuning.names().iterator();
        }
    }

    TrainCommand(CommandContext context) {
        this.context = context;
    }

    /**
     * The data to learn from.
     *
     * @param task whose instruction the model is told, or empty where conversations are learned as they are
     * @param heldOut what must not be learned
     */
    private record Lessons(Optional<Task> task, TrainingData data, List<TrainingData> heldOut) {
        /** The texts that must not be learned. */
        List<String> heldOutTexts() {
            return heldOut.stream()
                    .flatMap(each -> each.examples().stream())
                    .map(example ->
                            example.prompt().get(example.prompt().size() - 1).content())
                    .toList();
        }
    }

    @Override
    public Integer call() {
        if (preferences.file != null) {
            return preferred(preferences.file);
        }
        preferences.check();
        Tuning tuning = InvalidInput.check(this::tuning);
        Optional<TuningSearch> searched = InvalidInput.check(this::search);
        curation.curation(seed, example -> 0); // refuses bad numbers before a file is read
        data.check();
        teacher.check(task != null);
        if (lossOver == LossOver.CHOICES && (task == null || method.equals("lora-head"))) {
            throw new InvalidInput("--loss-over choices is for answers that are the labels of --task, got "
                    + (task == null ? "--data" : "--method lora-head, which scores nothing but labels as it is"));
        }
        if (!model.adapters.isEmpty()) {
            throw new InvalidInput("an adapter cannot be trained on top of another one; merge it into the model first:"
                    + " llm-adapt adapters merge");
        }
        requireFree();
        Lessons lessons = lessons();
        return train(method, tuning.options(), () -> run(lessons, tuning, searched));
    }

    /** From preferences, which have options of their own. */
    private int preferred(Path file) {
        teacher.check(false);
        if (task != null || data.file != null) {
            throw new InvalidInput("expected one of --task, --data and --preferences, got two of them");
        }
        if (!method.equals("lora") && !method.equals("dora")) {
            throw new InvalidInput("preferences train a LoRA adapter, expected --method lora or dora, got " + method);
        }
        if (virtualTokens != null
                || encoderHiddenSize != null
                || learn != null
                || lossOver != null
                || curation.given()
                || data.describesFile()
                || search
                || budget != null) {
            throw new InvalidInput(
                    "--preferences compares the answers as they are; --virtual-tokens, --encoder-hidden-size,"
                            + " --learn, --loss-over, --search, --budget, --format, --prompt-field, --completion-field, --held-out and what"
                            + " curates do nothing there, leave them out");
        }
        if (preferences.start != null && (rank != null || method.equals("dora"))) {
            throw new InvalidInput("--start says rank and method, leave out --rank and --method");
        }
        if (!model.adapters.isEmpty()) {
            throw new InvalidInput("an adapter is trained on by --start, got --adapter");
        }
        preferences.tuning(true); // refuses bad numbers before a file is read
        requireFree();
        PreferenceData read = preferences.read(file, data.ignored, context);
        PreferenceTuning asked = preferences.tuning(read.isPaired());
        PreferenceTuning ranked = InvalidInput.check(() -> rank == null ? asked : asked.withRank(rank));
        PreferenceTuning shaped =
                method.equals("dora") ? ranked.withConfig(ranked.config().withDecomposed(true)) : ranked;
        PreferenceTuning tuning =
                InvalidInput.check(() -> shaped.withOptions(options(shaped.options(), LossOn.COMPLETION)));
        return train(tuning.name(), tuning.options(), () -> run(read, tuning));
    }

    private TrainingCurve run(PreferenceData read, PreferenceTuning tuning) {
        TrainingCurve curve = new TrainingCurve();
        List<Rewards> rewards = new ArrayList<>();
        try (Model opened = model.open(context);
                ProgressLine progress = context.progress()) {
            tuning.withListener(event -> {
                        curve.accept(event);
                        event.validationRewards().or(event::rewards).ifPresent(rewards::add);
                        progress.detail(String.format(
                                Locale.ROOT,
                                "loss %.3f%s",
                                event.loss(),
                                event.rewards().map(found -> ", " + found).orElse("")));
                    })
                    .train(opened, read, out, progress);
        }
        if (!rewards.isEmpty()) {
            context.out().println("rewards in the end: " + rewards.get(rewards.size() - 1));
        }
        return work == null ? curve : TrainingCurve.read(work);
    }

    /** Trains until it is done or the user stops it, and says so. */
    private int train(String what, TrainingOptions options, Supplier<TrainingCurve> training) {
        try (InterruptKey key = InterruptKey.install()) {
            TrainingCurve curve;
            try {
                curve = key.during(training);
            } catch (CancellationException e) {
                context.err()
                        .println(Main.NAME + ": " + e.getMessage()
                                + (work == null && !teacher.keepsAnswers()
                                        ? ""
                                        : "; the same command goes on from there"));
                return InterruptKey.STOPPED;
            } catch (LlmAdaptException e) {
                if (!key.pressed()) {
                    throw e;
                }
                context.err().println(Main.NAME + ": stopped");
                return InterruptKey.STOPPED;
            }
            TrainingVerdict verdict = curve.verdict(options.validation().select());
            context.out()
                    .println(String.format(
                            Locale.ROOT,
                            "trained %s in %d steps, loss %.3f; wrote %s",
                            what,
                            verdict.steps(),
                            verdict.lastLoss(),
                            out));
            context.out().println(verdict.summary());
            context.out().println("next: " + verdict.next());
            context.out().flush();
            return 0;
        }
    }

    /** Before minutes of training, not after them. */
    private void requireFree() {
        try (Stream<Path> files = Files.isDirectory(out) ? Files.list(out) : Stream.empty()) {
            if (Files.isRegularFile(out) || files.findAny().isPresent()) {
                throw new InvalidInput(
                        "--out " + out + " is there and not empty, expected a folder that is new or empty");
            }
        } catch (IOException e) {
            throw new InvalidInput("--out " + out + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Lessons lessons() {
        if ((task == null) == (data.file == null)) {
            throw new InvalidInput("expected --task, for labelled texts, or --data, for prompts with answers and"
                    + " conversations; got " + (task == null ? "neither" : "both"));
        }
        if (data.file != null) {
            return new Lessons(Optional.empty(), data.read(data.file), data.readHeldOut());
        }
        String origin = String.valueOf(task);
        TaskSplit split =
                TaskFiles.read(Path.of(origin), TaskFileOptions.defaults().withSeed(seed));
        split.notes().forEach(note -> context.err().println("note: " + note));
        return new Lessons(
                Optional.of(split.task()),
                TrainingData.ofExamples(origin, split.task().examples()),
                List.of(TrainingData.ofExamples(origin + ", held out", split.test())));
    }

    private TrainingCurve run(Lessons read, Tuning given, Optional<TuningSearch> searched) {
        Optional<Distilled> distilled = distilled(read);
        Lessons lessons = distilled.map(each -> taught(read, each.task())).orElse(read);
        TrainingCurve curve = new TrainingCurve();
        try (Model opened = model.open(context);
                Model told = told(opened, lessons)) {
            Curated curated = curate(told, lessons);
            try (ProgressLine progress = context.progress()) {
                TrainingSet set = lessons.task()
                        .map(each -> TrainingSet.of(curated.data(), each))
                        .orElseGet(() -> TrainingSet.of(curated.data()));
                Tuning tuning = searched.map(each -> found(each, given, told, set, progress))
                        .orElse(given);
                Consumer<TrainingEvent> listener = event -> {
                    curve.accept(event);
                    progress.detail(String.format(
                            Locale.ROOT, "loss %.3f, %.0f tokens/s", event.loss(), event.tokensPerSecond()));
                };
                tuning.withListener(listener).train(told, set, out, progress);
            }
            write(REPORT, curated.report().json());
            distilled.ifPresent(each -> write(TEACHER_REPORT, each.report().json()));
        }
        return work == null ? curve : TrainingCurve.read(work); // with the steps before a stop
    }

    /** The answers of the teacher, if there is one; it is closed before the student is opened. */
    private Optional<Distilled> distilled(Lessons lessons) {
        if (!teacher.given()) {
            return Optional.empty();
        }
        Distilled distilled = teacher.label(context, lessons.task().orElseThrow(), lessons.heldOutTexts(), model, seed);
        context.out().print(distilled.report().text());
        context.out().flush();
        return Optional.of(distilled);
    }

    private static Lessons taught(Lessons read, Task task) {
        String origin = read.data().origin() + " and the teacher";
        return new Lessons(Optional.of(task), TrainingData.ofExamples(origin, task.examples()), read.heldOut());
    }

    private Optional<TuningSearch> search() {
        if (!search) {
            if (budget != null) {
                throw new InvalidInput("--budget is the time for --search; give both, or neither");
            }
            return Optional.empty();
        }
        TuningSearch defaults = TuningSearch.defaults();
        TuningSearch timed = budget == null ? defaults : defaults.withBudget(Durations.parse("--budget", budget));
        return Optional.of(work == null ? timed : timed.withFolder(work.resolve("search")));
    }

    /** The tuning with the settings that a search found, whose trials are shown. */
    private Tuning found(TuningSearch search, Tuning tuning, Model told, TrainingSet set, Progress progress) {
        TuningSearch.Result result = search.run(tuning, told, set, progress);
        context.out().print(result.table());
        context.out().flush();
        return result.best();
    }

    /** The model with the task's instruction, if there is one. */
    private static Model told(Model opened, Lessons lessons) {
        return lessons.task()
                .map(task -> ZeroShot.defaults().adapt(opened, task, Progress.NONE))
                .orElse(opened);
    }

    private Curated curate(Model told, Lessons lessons) {
        LocalModel local = told.unwrap(LocalModel.class)
                .orElseThrow(() -> new InvalidInput("only a model that runs in this process can be trained, got "
                        + told.info().name()));
        Curated curated = curation.curation(
                        seed,
                        example -> local.countTokens(
                                told.prepare(Request.of(example.prompt().toArray(Message[]::new))),
                                example.completion()))
                .withRefusal(Tuning.refusal(told, options(TrainingOptions.defaults(), LossOn.ASSISTANT)))
                .apply(lessons.data(), lessons.heldOut().toArray(TrainingData[]::new));
        context.out().print(curated.report().table());
        context.out().flush();
        if (curated.data().examples().isEmpty()) {
            throw new InvalidInput(lessons.data().origin() + ": nothing is left to learn, see above why");
        }
        return curated;
    }

    /** Beside what was trained, so that it stays known what it learned from. */
    private void write(String name, String report) {
        Path file = out.resolve(name);
        try {
            Files.writeString(file, report);
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private Tuning tuning() {
        Tuning tuning = Tuning.named(method);
        if (tuning instanceof LoraTuning lora) {
            tuning = rank == null ? lora : lora.withRank(rank);
        } else if (tuning instanceof LoraHeadTuning head) {
            tuning = rank == null ? head : head.withRank(rank);
        } else {
            refuse("--rank", rank, "rank");
        }
        if (tuning instanceof PromptTuning prompt) {
            tuning = virtualTokens == null ? prompt : prompt.withVirtualTokens(virtualTokens);
        } else if (tuning instanceof PrefixTuning prefix) {
            tuning = virtualTokens == null ? prefix : prefix.withVirtualTokens(virtualTokens);
        } else {
            refuse("--virtual-tokens", virtualTokens, "virtual tokens");
        }
        if (encoderHiddenSize != null && encoderHiddenSize < 1) {
            throw new InvalidInput("--encoder-hidden-size must be from 1, got " + encoderHiddenSize);
        }
        if (tuning instanceof PromptTuning prompt && method.equals("p-tuning")) {
            tuning = encoderHiddenSize == null ? prompt : prompt.withEncoder(encoderHiddenSize);
        } else if (tuning instanceof PrefixTuning prefix) {
            tuning = encoderHiddenSize == null ? prefix : prefix.withProjection(encoderHiddenSize);
        } else {
            refuse("--encoder-hidden-size", encoderHiddenSize, "encoder");
        }
        LossOn usual = tuning instanceof LoraHeadTuning ? LossOn.COMPLETION : LossOn.ASSISTANT;
        return tuning.withOptions(options(tuning.options(), usual));
    }

    private void refuse(String option, @Nullable Object value, String what) {
        if (value != null) {
            throw new InvalidInput(
                    "--method " + method + " has no " + what + ", got " + option + " " + value + "; leave it out");
        }
    }

    private TrainingOptions options(TrainingOptions defaults, LossOn usual) {
        TrainingOptions options = defaults.withSeed(seed)
                .withLossOn(learn == null ? usual : learn)
                .withGradientCheckpointing(recompute);
        options = lossOver == null ? options : options.withLossOver(lossOver);
        options = epochs == null ? options : options.withEpochs(epochs).withMinSteps(0);
        options = minSteps == null ? options : options.withMinSteps(minSteps);
        options = maxSteps == null ? options : options.withMaxSteps(maxSteps);
        options = batch == null ? options : options.withBatchSize(batch);
        options = microBatch == null ? options : options.withMicroBatchSize(microBatch);
        options = rate == null ? options : options.withLearningRate(rate);
        options = schedule == null ? options : options.withSchedule(schedule);
        options = maxLength == null ? options : options.withMaxLength(maxLength);
        options = validation == null ? options : options.withValidationShare(validation);
        options = patience == null ? options : options.withPatience(patience);
        options = trainPrecision == null ? options : options.withPrecision(trainPrecision);
        return work == null ? options : options.withOutputDir(work);
    }
}
