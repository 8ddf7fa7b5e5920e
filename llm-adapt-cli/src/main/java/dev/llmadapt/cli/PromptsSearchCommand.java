package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.task.Metrics;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.ZeroShot;
import dev.llmadapt.prompting.search.PromptSearch;
import dev.llmadapt.prompting.search.SearchBudget;
import dev.llmadapt.prompting.search.SearchOptions;
import dev.llmadapt.prompting.search.SearchOptions.Objective;
import dev.llmadapt.prompting.search.SearchReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llm-adapt prompts search}. */
@Command(
        name = "search",
        description = {
            "Searches for a prompt: an instruction and examples to show, from the examples of a task to learn from.",
            "It prints the candidates, best first, the chosen prompt, and how it compares with the best of random",
            "sets of examples that are judged by as many calls again. Test examples are read by --save alone."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt prompts search --task my.csv",
            "  llm-adapt prompts search --task my.csv --calls 1000 --work search --save chosen",
            "  llm-adapt prompts search --task my.csv --proposer qwen2.5-coder-1.5b"
        })
final class PromptsSearchCommand implements Callable<Integer> {
    private static final String DEFAULT_BUDGET = "5m";

    private final CommandContext context;

    @Mixin
    final TaskFileArguments task = new TaskFileArguments();

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description =
                    "Time for the calls of the search, such as 5m. Default: " + DEFAULT_BUDGET + ", none with --calls.")
    @Nullable
    String budget;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description = "The most requests to a model, to score or to write. With a seed the result is the same.")
    @Nullable
    Integer calls;

    @Option(
            names = "--proposer",
            paramLabel = "SOURCE",
            description =
                    "Another model that writes the instructions, named as for --model. Default: the model itself.")
    @Nullable
    String proposer;

    @Option(
            names = "--proposals",
            paramLabel = "N",
            description = "Instructions that are written at first; 0 keeps the task's. Default: ${DEFAULT-VALUE}.")
    int proposals = SearchOptions.defaults().proposals();

    @Option(
            names = "--shots",
            paramLabel = "N",
            description = "The most examples that a prompt shows; 0 shows none. Default: ${DEFAULT-VALUE}.")
    int shots = SearchOptions.defaults().demonstrations();

    @Option(
            names = "--choice",
            paramLabel = "NAME",
            description = "How a label is chosen, and a right one measured: calibrated, or scored-sum."
                    + " Default: ${DEFAULT-VALUE}.")
    String choice = SavedPrompt.CALIBRATED;

    @Option(
            names = "--validation",
            paramLabel = "N",
            description = "The most examples that candidates are judged by, which are not shown. Default:"
                    + " ${DEFAULT-VALUE}.")
    int validation = SearchOptions.defaults().validation();

    @Option(
            names = "--minibatch",
            paramLabel = "N",
            description = "The examples that a new candidate answers first. Default: ${DEFAULT-VALUE}.")
    int minibatch = SearchOptions.defaults().minibatch();

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description = "Keep a journal there, and the chosen prompt as prompt.json; the same command goes on after"
                    + " a stop.")
    @Nullable
    Path work;

    @Option(names = "--seed", paramLabel = "N", description = "Fixes what is drawn. Default: ${DEFAULT-VALUE}.")
    long seed = SearchOptions.defaults().seed();

    @Option(
            names = "--no-comparison",
            description = "Leave out the random sets of examples that the chosen prompt is compared with.")
    boolean noComparison;

    @Option(names = "--all", description = "Print all candidates, not only the best ones and the random sets.")
    boolean all;

    @Option(
            names = "--save",
            paramLabel = "FOLDER",
            description = "Measure the chosen prompt on the test examples, and save it there for 'answer'.")
    @Nullable
    Path save;

    @Option(names = "--overwrite", description = "Let --save replace a strategy that was saved in its folder before.")
    boolean overwrite;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The most test examples to measure on (with --save). Default: all.")
    @Nullable
    Integer limit;

    @Mixin
    final ModelArguments model = new ModelArguments();

    PromptsSearchCommand(CommandContext context) {
        this.context = context;
    }

    /** All that can be refused is, before a model is fetched. */
    @Override
    public Integer call() {
        KnownModel.sourceOf(model.source());
        if (proposer != null) {
            KnownModel.sourceOf(proposer);
            if (proposals == 0) {
                throw new InvalidInput(
                        "--proposer writes instructions, of which --proposals 0 wants none; leave one out");
            }
        }
        checkSaving();
        SearchOptions options = InvalidInput.check(this::options);
        TaskSplit split = task.read(task.path(context), seed);
        split.notes().forEach(note -> context.err().println("note: " + note));
        try (InterruptKey key = InterruptKey.install()) {
            try {
                key.during(() -> run(split, journaled(options)));
                return 0;
            } catch (CancellationException e) {
                return stopped();
            } catch (LlmAdaptException e) {
                if (!key.pressed()) {
                    throw e;
                }
                return stopped();
            } finally {
                Metrics.release(split.task().metric());
            }
        }
    }

    private int stopped() {
        context.err().println(Main.NAME + ": stopped" + (work == null ? "" : "; the same command goes on from there"));
        return InterruptKey.STOPPED;
    }

    private void checkSaving() {
        if (save == null && (overwrite || limit != null)) {
            throw new InvalidInput((overwrite ? "--overwrite" : "--limit") + " needs --save, which it is about");
        }
        if (save == null) {
            return;
        }
        InvalidInput.check(() -> SavedPrompt.options(limit, seed));
        if (!model.adapters.isEmpty()) {
            throw new InvalidInput("--save keeps no adapter given with --adapter; leave one out");
        }
        if (overwrite) {
            SavedStrategy.requireReplaceable(save);
        } else if (Files.exists(save.resolve("strategy.json"))) {
            throw new InvalidInput(
                    "--save " + save + " holds a saved strategy; name another folder, or replace it with --overwrite");
        } else {
            SavedStrategy.requireNewOrEmpty(save);
        }
    }

    private SearchOptions options() {
        Objective objective = switch (choice) {
            case SavedPrompt.CALIBRATED -> Objective.CALIBRATED;
            case SavedPrompt.SUM -> Objective.SUM;
            default ->
                throw new InvalidInput("--choice must be " + SavedPrompt.CALIBRATED + " or " + SavedPrompt.SUM
                        + ", got '" + choice + "'");
        };
        String time = budget == null ? DEFAULT_BUDGET : budget;
        Duration parsed = Durations.parse("--budget", time);
        if (parsed.isZero()) {
            throw new InvalidInput("--budget must be more than 0, got '" + time + "'; bound a search with --calls alone"
                    + " by leaving --budget out");
        }
        if (calls != null && calls < 1) {
            throw new InvalidInput("--calls must be at least 1, got " + calls);
        }
        SearchBudget bound = calls == null
                ? SearchBudget.time(parsed)
                : budget == null
                        ? SearchBudget.calls(calls)
                        : SearchBudget.time(parsed).withCalls(calls);
        return SearchOptions.defaults()
                .withBudget(bound)
                .withDemonstrations(shots)
                .withValidation(validation)
                .withMinibatch(minibatch)
                .withProposals(proposals)
                .withObjective(objective)
                .withCompared(!noComparison)
                .withSeed(seed);
    }

    /** Options with a journal in the work folder, one for each model and way to compute. */
    private SearchOptions journaled(SearchOptions options) {
        if (work == null) {
            return options;
        }
        try {
            Files.createDirectories(work);
        } catch (IOException e) {
            throw new InvalidInput("--work " + work + " cannot be made: " + e, e);
        }
        ModelChoice chosen = model.choice(model.source(), model.adapters);
        String settings = String.join(
                "\n",
                chosen.source(),
                chosen.precision().toString(),
                chosen.device().toString(),
                chosen.chatTemplate(),
                chosen.adapters().toString(),
                String.valueOf(proposer));
        return options.withJournal(work.resolve("calls-" + Sha256.of(settings).substring(0, 8) + ".jsonl"));
    }

    private Void run(TaskSplit split, SearchOptions options) {
        try (Model opened = opened()) {
            SearchReport report;
            try (ProgressLine progress = context.progress()) {
                report = search(opened, split, options, progress);
            }
            if (work != null) {
                report.chosen().save(work.resolve("prompt.json"));
            }
            SearchTable.print(report, options, all, context);
            if (save != null) {
                SavedPrompt saved = new SavedPrompt(report.chosen(), split, choice, seed, limit);
                saved.save(opened, model, work, save, overwrite, context);
            }
        }
        return null;
    }

    private Model opened() {
        try (ProgressLine progress = context.progress()) {
            if (proposer == null) {
                model.introduce(context, progress);
            }
            return model.open(context, progress);
        }
    }

    private SearchReport search(Model opened, TaskSplit split, SearchOptions options, ProgressLine progress) {
        PromptSearch search = new PromptSearch(ZeroShot.defaults(), options);
        if (proposer == null) {
            return InvalidInput.check(() -> search.run(opened, split.task(), progress));
        }
        try (Model other = model.openOther(proposer, context, progress)) {
            return InvalidInput.check(() -> search.withProposer(other).run(opened, split.task(), progress));
        }
    }
}
