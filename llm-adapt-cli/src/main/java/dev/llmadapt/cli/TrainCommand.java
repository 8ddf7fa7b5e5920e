package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.distillation.Distilled;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.PreferenceTuning;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "A new or empty folder; required.")
    Path out = Path.of("");

    @Mixin
    final MethodArguments method = new MethodArguments();

    @Mixin
    final TrainingArguments training = new TrainingArguments();

    @Mixin
    final SearchArguments search = new SearchArguments();

    @Mixin
    final CurationArguments curation = new CurationArguments();

    @Mixin
    final TeacherArguments teacher = new TeacherArguments();

    @Mixin
    final ModelArguments model = new ModelArguments();

    TrainCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (preferences.file != null) {
            return preferred(preferences.file);
        }
        preferences.check();
        Tuning tuning = InvalidInput.check(() -> {
            Tuning asked = method.tuning();
            LossOn usual = asked instanceof LoraHeadTuning ? LossOn.COMPLETION : LossOn.ASSISTANT;
            return asked.withOptions(training.options(asked.options(), usual));
        });
        Optional<TuningSearch> searched = InvalidInput.check(() -> search.search(training.work));
        curation.curation(training.seed, example -> 0); // refuses bad numbers before a file is read
        data.check();
        teacher.check(task != null);
        if (training.lossOver == LossOver.CHOICES && (task == null || method.method.equals("lora-head"))) {
            throw new InvalidInput("--loss-over choices is for answers that are the labels of --task, got "
                    + (task == null ? "--data" : "--method lora-head, which scores nothing but labels as it is"));
        }
        if (!model.adapters.isEmpty()) {
            throw new InvalidInput("an adapter cannot be trained on top of another one; merge it into the model first:"
                    + " llm-adapt adapters merge");
        }
        new TrainingOutput(out).requireFree();
        Lessons lessons = lessons();
        return train(method.method, tuning.options(), () -> run(lessons, tuning, searched));
    }

    /** From preferences, which have options of their own. */
    private int preferred(Path file) {
        teacher.check(false);
        if (task != null || data.file != null) {
            throw new InvalidInput("expected one of --task, --data and --preferences, got two of them");
        }
        method.checkForPreferences(preferences.start != null);
        if (method.virtualTokens != null
                || method.encoderHiddenSize != null
                || training.learn != null
                || training.lossOver != null
                || curation.given()
                || data.describesFile()
                || search.given()) {
            throw new InvalidInput(
                    "--preferences compares the answers as they are; --virtual-tokens, --encoder-hidden-size,"
                            + " --learn, --loss-over, --search, --budget, --format, --prompt-field, --completion-field, --held-out and what"
                            + " curates do nothing there, leave them out");
        }
        if (!model.adapters.isEmpty()) {
            throw new InvalidInput("an adapter is trained on by --start, got --adapter");
        }
        preferences.tuning(true); // refuses bad numbers before a file is read
        new TrainingOutput(out).requireFree();
        PreferenceData read = preferences.read(file, data.ignored, context);
        PreferenceTuning asked = preferences.tuning(read.isPaired());
        PreferenceTuning tuning = InvalidInput.check(() -> {
            PreferenceTuning shaped = method.shaped(asked);
            return shaped.withOptions(training.options(shaped.options(), LossOn.COMPLETION));
        });
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
        return training.work == null ? curve : TrainingCurve.read(training.work);
    }

    /** Trains until it is done or the user stops it, and says so. */
    private int train(String what, TrainingOptions options, Supplier<TrainingCurve> run) {
        try (InterruptKey key = InterruptKey.install()) {
            TrainingCurve curve;
            try {
                curve = key.during(run);
            } catch (CancellationException e) {
                context.err()
                        .println(Main.NAME + ": " + e.getMessage()
                                + (training.work == null && !teacher.keepsAnswers()
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
            new TrainingOutput(out)
                    .tell(what, curve.verdict(options.validation().select()), context.out());
            return 0;
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
        return Lessons.ofTask(Path.of(String.valueOf(task)), training.seed, context);
    }

    private TrainingCurve run(Lessons read, Tuning given, Optional<TuningSearch> searched) {
        Optional<Distilled> distilled = distilled(read);
        Lessons lessons = distilled.map(each -> read.taughtBy(each.task())).orElse(read);
        TrainingCurve curve = new TrainingCurve();
        try (Model opened = model.open(context);
                Model told = lessons.told(opened)) {
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
            TrainingOutput written = new TrainingOutput(out);
            written.write(REPORT, curated.report().json());
            distilled.ifPresent(
                    each -> written.write(TEACHER_REPORT, each.report().json()));
        }
        return training.work == null ? curve : TrainingCurve.read(training.work); // with the steps before a stop
    }

    /** The answers of the teacher, if there is one; it is closed before the student is opened. */
    private Optional<Distilled> distilled(Lessons lessons) {
        if (!teacher.given()) {
            return Optional.empty();
        }
        Distilled distilled =
                teacher.label(context, lessons.task().orElseThrow(), lessons.heldOutTexts(), model, training.seed);
        context.out().print(distilled.report().text());
        context.out().flush();
        return Optional.of(distilled);
    }

    /** The tuning with the settings that a search found, whose trials are shown. */
    private Tuning found(TuningSearch search, Tuning tuning, Model told, TrainingSet set, Progress progress) {
        TuningSearch.Result result = search.run(tuning, told, set, progress);
        context.out().print(result.table());
        context.out().flush();
        if (result.trials().size() < 2) {
            context.err()
                    .println("note: the budget allowed one setting, so nothing was compared; give --budget more time");
        }
        return result.best();
    }

    private Curated curate(Model told, Lessons lessons) {
        LocalModel local = told.unwrap(LocalModel.class)
                .orElseThrow(() -> new InvalidInput("only a model that runs in this process can be trained, got "
                        + told.info().name()));
        Curated curated = curation.curation(
                        training.seed,
                        example -> local.countTokens(told.prepare(example.request()), example.completion()))
                .withRefusal(Tuning.refusal(told, training.options(TrainingOptions.defaults(), LossOn.ASSISTANT)))
                .apply(lessons.data(), lessons.heldOut().toArray(TrainingData[]::new));
        context.out().print(curated.report().table());
        context.out().flush();
        if (curated.data().examples().isEmpty()) {
            throw new InvalidInput(lessons.data().origin() + ": nothing is left to learn, see above why");
        }
        return curated;
    }
}
