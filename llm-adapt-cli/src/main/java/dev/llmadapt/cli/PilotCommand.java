package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportHtml;
import dev.llmadapt.pilot.report.ReportJson;
import dev.llmadapt.pilot.report.ReportTable;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.Metrics;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code llm-adapt pilot}. */
@Command(
        name = "pilot",
        description = {
            "Measures strategies side by side on a task, and recommends one.",
            "It prints a row for each: accuracy with its 95%% interval, latency of one answer, prompt tokens, time to adapt;",
            "of answers with probabilities also the share that can be given, the surest first, at 5%% error,",
            "the expected calibration error (ECE: how far a probability is off) and the Brier score (0 is best).",
            "With several models after --model, separated by commas, it compares strategies and models."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt pilot",
            "  llm-adapt pilot --task questions.csv --limit 200 --json report.json",
            "  llm-adapt pilot --task banking77/ --strategies 'zero-shot,few-shot(12)/constrained'",
            "  llm-adapt pilot --model smollm2-135m,qwen2.5-coder-1.5b --strategies zero-shot,few-shot-nearest",
            "  llm-adapt pilot --task my.csv --unlabelled texts.txt --strategies 'words,distil(embeddings>words)'"
        })
final class PilotCommand implements Callable<Integer> {
    /** The layers and choices of {@link StrategyCatalog}. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            String layers = String.join(", ", StrategyCatalog.layerSyntax());
            String choices = String.join(", ", StrategyCatalog.choices());
            return List.of(layers + ", layered with '+', and after '/' how a label is chosen: " + choices)
                    .iterator();
        }
    }

    /** The report of a run in its work folder. */
    static final String REPORT = "report.json";

    private final CommandContext context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    @Mixin
    final TaskArguments task = new TaskArguments();

    @Option(
            names = "--strategies",
            paramLabel = "LIST",
            completionCandidates = Names.class,
            description = {
                "What to measure, separated by commas. Default: " + StrategyCatalog.DEFAULT_LIST
                        + " (of these what chooses among labels only where the task has some); with --adapter zero-shot, over the base and over the adapted model; with several models on those after the first zero-shot, few-shot-nearest, and where they apply features and rag.",
                "A strategy is made of ${COMPLETION-CANDIDATES}."
            })
    @Nullable
    String strategies;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The most test examples for each strategy, a stratified sample. Default: all.")
    int limit = PilotOptions.ALL;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Fixes split, sample and fixed examples. Default: ${DEFAULT-VALUE}.")
    long seed = PilotOptions.defaults().seed();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write everything that was measured as JSON.")
    @Nullable
    Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page to look at, without need of a network.")
    @Nullable
    Path html;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description =
                    "Time for adapting and answering, such as 7m: what is shown to be worse is asked no more, what"
                            + " trains for long does so if there is time. Default: ${DEFAULT-VALUE}; 0 measures all to the end.")
    String budget = "7m";

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description =
                    "Keep a journal, what is trained and the report there; the same command goes on after a stop.")
    @Nullable
    Path work;

    @Option(
            names = "--save",
            paramLabel = "FOLDER",
            description = "Save the recommended strategy there, to be served and checked (needs --work).")
    @Nullable
    Path save;

    @Option(
            names = "--overwrite",
            description =
                    "Let --save replace a strategy that was saved in its folder before; of other folders nothing is"
                            + " ever deleted.")
    boolean overwrite;

    @Mixin
    final NeedsArguments needs = new NeedsArguments();

    @Mixin
    final JudgeArguments judge = new JudgeArguments();

    @Mixin
    final ModelArguments model = new ModelArguments();

    PilotCommand(CommandContext context) {
        this.context = context;
    }

    /** All that can be refused is, before the model is fetched. */
    @Override
    public Integer call() {
        if (save != null && work == null) {
            throw new InvalidInput("--save needs --work, where what is trained is kept");
        }
        if (save != null && !model.adapters.isEmpty()) {
            throw new InvalidInput(
                    "--save keeps what was trained here, and no adapter given with --adapter; leave one out");
        }
        if (save == null && overwrite) {
            throw new InvalidInput("--overwrite needs --save, whose folder it is about");
        }
        if (save != null) {
            requireFree(save);
        }
        PilotModels.check(model);
        String given = strategies;
        if (given != null) {
            InvalidInput.check(() -> StrategyCatalog.parse(given, seed)); // before a file is read
        }
        PilotOptions options = InvalidInput.check(() -> new PilotOptions(limit, seed));
        Path path = task.path(context);
        TaskSplit split = task.read(path, seed);
        List<Strategy> candidates = InvalidInput.check(() -> {
            StrategyCatalog.check(list(split.task()), split.task());
            return StrategyCatalog.parse(list(split.task()), seed);
        });
        Needs wanted = InvalidInput.check(() -> needs.needs(context));
        InvalidInput.check(() -> {
            wanted.stakes().requireLabels(split.task().labels());
            return wanted;
        });
        Optional<JudgeArguments.Read> judged = judge.read(split);
        Duration time = Durations.parse("--budget", budget);
        split.notes().forEach(note -> context.err().println("note: " + note));
        try (InterruptKey key = InterruptKey.install();
                JsonTarget target = json == null ? null : new JsonTarget(json);
                JsonTarget page = html == null ? null : new JsonTarget(html)) {
            PilotReport report;
            try {
                report = key.during(() -> {
                    PilotReport measured = run(path, split, candidates, options, wanted, time);
                    return judged.isEmpty() ? measured : judge.judge(measured, judged.get(), work, model, context);
                });
            } catch (LlmAdaptException e) {
                if (!key.pressed()) {
                    throw e instanceof UnavailableException ? ended(e) : e;
                }
                context.err()
                        .println(Main.NAME + ": stopped, nothing is reported"
                                + (work == null ? "" : "; the same command goes on from there"));
                return InterruptKey.STOPPED;
            } finally {
                Metrics.release(split.task().metric());
            }
            keep(report);
            if (target != null) {
                target.write(ReportJson.write(report));
            }
            if (page != null) {
                page.write(ReportHtml.write(report));
            }
            boolean saved = save != null && work != null && saveChoice(report, split, work, save);
            return finish(report, saved);
        }
    }

    private void requireFree(Path target) {
        if (overwrite) {
            SavedStrategy.requireReplaceable(target);
        } else if (Files.exists(target.resolve("strategy.json"))) {
            throw new InvalidInput("--save " + target
                    + " holds a saved strategy; name another folder, or replace it with" + " --overwrite");
        } else {
            SavedStrategy.requireNewOrEmpty(target);
        }
    }

    private String list(Task measured) {
        if (strategies != null) {
            return strategies;
        }
        return model.adapters.isEmpty() ? StrategyCatalog.defaultList(measured) : "zero-shot";
    }

    private String further(Task measured) {
        return strategies == null && model.sources().size() > 1
                ? "; on further models " + ComparedModels.furtherList(measured)
                : "";
    }

    /** What is measured on the models after the first: unless a list is given, less than on that one. */
    private List<Strategy> onFurther(List<Strategy> candidates, Task measured) {
        return strategies != null ? candidates : StrategyCatalog.parse(ComparedModels.furtherList(measured), seed);
    }

    private PilotReport run(
            Path path, TaskSplit split, List<Strategy> candidates, PilotOptions options, Needs wanted, Duration time) {
        try (ProgressLine progress = context.progress();
                PilotModels models = new PilotModels(model, context, progress)) {
            Pilot pilot = Pilot.of(split)
                    .candidates(models.candidates(candidates, onFurther(candidates, split.task())))
                    .needs(wanted)
                    .options(options)
                    .budget(time)
                    .progress(progress);
            PilotReport report = (work == null ? pilot : pilot.folder(work)).run(models.base());
            return models.described(report.withSetting("task", path.toString()), save != null)
                    .withSetting(
                            "command",
                            NextCommands.line(
                                    spec.commandLine().getParseResult().originalArgs()))
                    .withSetting("strategies", list(split.task()) + further(split.task()))
                    .withSetting("unlabelled texts", task.unlabelledText())
                    .withSetting("llm-adapt", Main.version())
                    .withSetting("java", System.getProperty("java.vm.name") + " " + Runtime.version())
                    .withSetting("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                    .withSetting(
                            "processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        }
    }

    /** The end of a run whose model, or judge, cannot be asked any more, and how to go on. */
    private LlmAdaptException ended(LlmAdaptException e) {
        return new LlmAdaptException(
                e.getMessage() + "; nothing is reported, since answers that could not be asked for are not wrong ones. "
                        + (work == null
                                ? "With --work FOLDER the same command would go on where it stopped"
                                : "What was measured is kept: the same command goes on from there"),
                e);
    }

    /** Writes the report into the work folder, where 'compare' finds it. */
    private void keep(PilotReport report) {
        if (work != null) {
            try {
                AtomicFiles.write(work.resolve(REPORT), ReportJson.write(report));
            } catch (IOException e) {
                throw new InvalidInput("the report cannot be written to --work " + work + ": " + e.getMessage(), e);
            }
        }
    }

    private boolean saveChoice(PilotReport report, TaskSplit split, Path from, Path target) {
        String choice = report.recommendation().choice().orElse("");
        for (Measured row : report.measured()) {
            if (row.strategy().equals(choice)) {
                if (overwrite) {
                    SavedStrategy.overwrite(row, report, split, from, target);
                } else {
                    SavedStrategy.save(row, report, split, from, target);
                }
                context.err().println("saved " + choice + " in " + target);
                return true;
            }
        }
        context.err().println("note: nothing is saved, since no candidate meets the needs");
        return false;
    }

    private int finish(PilotReport report, boolean saved) {
        context.out()
                .print(ReportTable.write(
                        report, context.terminal().width(), context.terminal().styled()));
        context.out().flush();
        JudgeArguments.print(report, context);
        if (report.measured().isEmpty() && report.rows().get(0) instanceof Failed first) {
            context.err().println(Main.NAME + ": every strategy failed, the first: " + first.error());
            return 1;
        }
        if (saved && save != null) {
            NextCommands.use(context.program(), report, save).forEach(context.err()::println);
        } else if (report.recommendation().choice().isPresent() && model.adapters.isEmpty()) {
            NextCommands.keep(
                            context.program(),
                            spec.commandLine().getParseResult().originalArgs(),
                            work)
                    .forEach(context.err()::println);
        }
        return 0;
    }
}
