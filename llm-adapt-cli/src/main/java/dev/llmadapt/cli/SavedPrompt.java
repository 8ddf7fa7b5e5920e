package dev.llmadapt.cli;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Task;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Failed;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.search.Prompt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as a strategy in the words of the catalog, measured on test examples and saved: the instruction becomes that
 * of the task, and the examples are named by their ids.
 *
 * @param prompt what was found
 * @param split the task it was found for
 * @param choice how a label is chosen
 * @param seed of the measurement
 * @param limit the most test examples; null for all
 */
record SavedPrompt(
        Prompt prompt,
        TaskSplit split,
        String choice,
        long seed,
        @Nullable Integer limit) {
    static final String CALIBRATED = "calibrated";
    static final String SUM = "scored-sum";

    /** Time for the tests and what else a pilot measures of one candidate. */
    private static final Duration MEASURING = Duration.ofMinutes(7);

    /** Measures the prompt and saves it, and prints what it reached. */
    void save(
            Model opened,
            ModelArguments model,
            @Nullable Path work,
            Path target,
            boolean overwrite,
            CommandContext context) {
        Named named = named();
        PilotReport report;
        try (ProgressLine progress = context.progress();
                PilotModels models = new PilotModels(model, context, progress)) {
            Pilot pilot = Pilot.of(named.split())
                    .candidates(StrategyCatalog.parse(named.strategy(), seed))
                    .options(options(limit, seed))
                    .budget(MEASURING)
                    .progress(progress);
            PilotReport measured = (work == null ? pilot : pilot.folder(work.resolve(folder(named)))).run(opened);
            report = models.described(measured, true)
                    .withSetting("strategies", named.strategy())
                    .withSetting("llm-adapt", Main.version());
        }
        if (report.rows().get(0) instanceof Failed failed) {
            throw new InvalidInput("the chosen prompt could not be measured: " + failed.error());
        }
        Measured row = report.measured().get(0);
        Path from = work == null ? target : work;
        if (overwrite) {
            SavedStrategy.overwrite(row, report, named.split(), from, target);
        } else {
            SavedStrategy.save(row, report, named.split(), from, target);
        }
        context.out()
                .printf(
                        Locale.ROOT,
                        "%nOn %d test examples: %.1f%% (95%% interval %.1f to %.1f).%n",
                        row.outcomes().size(),
                        100 * row.quality(),
                        100 * row.interval().low(),
                        100 * row.interval().high());
        context.out().flush();
        context.err().println("saved " + named.strategy() + " in " + target);
        NextCommands.use(context.program(), report, target).forEach(context.err()::println);
    }

    /**
     * The options of the measurement.
     *
     * @throws IllegalArgumentException if the limit is no number of examples
     */
    static PilotOptions options(@Nullable Integer limit, long seed) {
        return new PilotOptions(limit == null ? PilotOptions.ALL : limit, seed);
    }

    /** A folder for the tests of this prompt, of which others are other runs. */
    private String folder(Named named) {
        return "test-"
                + Sha256.of(named.strategy() + "\n" + prompt.instruction() + "\n" + seed + "\n" + limit)
                        .substring(0, 8);
    }

    /** A strategy in the words of the catalog, with the task in which its examples have their ids. */
    private record Named(String strategy, TaskSplit split) {}

    private Named named() {
        Task task = split.task();
        List<Example> examples = new ArrayList<>(task.examples());
        List<String> ids = new ArrayList<>();
        boolean writable = prompt.demonstrations().stream()
                .allMatch(example -> example.id().matches("[A-Za-z0-9_.:-]+")
                        && examples.stream()
                                        .filter(other -> other.id().equals(example.id()))
                                        .count()
                                == 1);
        for (Example shown : prompt.demonstrations()) {
            String id = writable ? shown.id() : "shown-" + (ids.size() + 1);
            examples.set(examples.indexOf(shown), new Example(id, shown.input(), shown.output()));
            ids.add(id);
        }
        String strategy = (ids.isEmpty() ? "zero-shot" : "few-shot-given(" + String.join(",", ids) + ")")
                + (task.labels().isEmpty() ? "" : "/" + choice);
        TaskSplit told =
                split.withTask(task.withInstruction(prompt.instruction()).withExamples(examples));
        return new Named(strategy, told);
    }
}
