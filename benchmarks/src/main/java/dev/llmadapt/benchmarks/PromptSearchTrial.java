package dev.llmadapt.benchmarks;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.SUM;
import static dev.llmadapt.prompting.LabelChoice.Normalization.TOKENS;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.ZeroShot;
import dev.llmadapt.prompting.search.Prompt;
import dev.llmadapt.prompting.search.PromptSearch;
import dev.llmadapt.prompting.search.SearchBudget;
import dev.llmadapt.prompting.search.SearchOptions;
import dev.llmadapt.prompting.search.SearchOptions.Objective;
import dev.llmadapt.prompting.search.SearchReport;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import dev.llmadapt.prompting.search.SearchReport.Row;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A search for a prompt against the best of random sets of demonstrations that are judged by as many calls: both on the
 * test split of a task of labels, with the paired difference. Arguments are {@code name=value}; {@code limit} is of
 * test examples, {@code journal} a file from which a stopped run goes on, {@code proposer} another model that writes
 * instructions, {@code part} is {@code search} for the search alone.
 */
final class PromptSearchTrial {
    private static final double Z = 1.959963984540054;
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("task", "llm-adapt-pilot/tasks/pennywell"),
            Map.entry("model", "default"),
            Map.entry("proposer", ""),
            Map.entry("calls", "400"),
            Map.entry("shots", "8"),
            Map.entry("validation", "36"),
            Map.entry("minibatch", "9"),
            Map.entry("proposals", "4"),
            Map.entry("objective", "CALIBRATED"),
            Map.entry("seed", "0"),
            Map.entry("limit", "216"),
            Map.entry("threads", "2"),
            Map.entry("part", "all"),
            Map.entry("journal", ""));

    private PromptSearchTrial() {}

    public static void main(String[] arguments) {
        TrialArguments given = TrialArguments.parse(arguments, DEFAULTS);
        TaskSplit split = TaskFiles.read(Path.of(given.text("task")), TaskFileOptions.defaults());
        Objective objective = Objective.valueOf(given.text("objective"));
        SearchOptions options = SearchOptions.defaults()
                .withBudget(SearchBudget.calls(given.number("calls")))
                .withDemonstrations(given.number("shots"))
                .withValidation(given.number("validation"))
                .withMinibatch(given.number("minibatch"))
                .withProposals(given.number("proposals"))
                .withObjective(objective)
                .withCompared(true)
                .withComparison(4)
                .withSeed(given.number("seed"));
        if (!given.text("journal").isEmpty()) {
            options = options.withJournal(Path.of(given.text("journal")));
        }
        try (Model model = open(given, "model")) {
            PromptSearch search = new PromptSearch(ZeroShot.defaults(), options);
            SearchReport report;
            if (given.text("proposer").isEmpty()) {
                report = search.run(model, split.task(), Progress.NONE);
            } else {
                try (Model proposer = open(given, "proposer")) {
                    report = search.withProposer(proposer).run(model, split.task(), Progress.NONE);
                }
            }
            print(report);
            if (given.text("part").equals("all")) {
                int limit = given.number("limit");
                List<Example> test =
                        split.test().size() > limit ? Stratified.sample(split.test(), limit, 0) : split.test();
                LabelChoice choice =
                        objective == Objective.SUM ? LabelChoice.scored(SUM, NONE) : LabelChoice.scored(TOKENS, BATCH);
                double[][] answered = answered(model, report.chosen(), choice, split.task(), test);
                double[][] other =
                        answered(model, report.comparison().orElseThrow().baseline(), choice, split.task(), test);
                double[] found = answered[0];
                double[] baseline = other[0];
                PairedDifference difference = PairedDifference.of(found, baseline);
                Interval interval = difference.interval(Z);
                System.out.printf(
                        Locale.ROOT,
                        "test: %d examples, search %.1f %%, best of %d random sets %.1f %%, difference %+.1f points"
                                + " (%+.1f to %+.1f), log-probability %+.3f%n",
                        test.size(),
                        100 * mean(found),
                        report.comparison().orElseThrow().sets(),
                        100 * mean(baseline),
                        100 * difference.difference(),
                        100 * interval.low(),
                        100 * interval.high(),
                        mean(answered[1]) - mean(other[1]));
            }
        }
    }

    private static Model open(TrialArguments given, String name) {
        Path checkpoint = ModelSource.parse(given.text(name)).fetch(Progress.NONE);
        return LocalModel.open(checkpoint, ModelOptions.defaults().withThreads(given.number("threads")));
    }

    private static void print(SearchReport report) {
        Map<Origin, int[]> counts = new EnumMap<>(Origin.class); // made, judged by all
        for (Row row : report.rows()) {
            int[] count = counts.computeIfAbsent(row.origin(), origin -> new int[2]);
            count[0]++;
            count[1] += row.complete() ? 1 : 0;
        }
        counts.forEach(
                (origin, count) -> System.out.printf("%s: %d, %d judged by all%n", origin.title(), count[0], count[1]));
        report.rows().stream()
                .filter(row -> row.complete() || row.worth() > 0)
                .forEach(row -> System.out.printf(
                        Locale.ROOT,
                        "%3d %-20s from %3d, %2d scored, gain %+.3f, worth %+.3f, log-probability %.3f, accuracy %.1f %%, %d examples: %s%n",
                        row.number(),
                        row.origin().title(),
                        row.parent(),
                        row.scored(),
                        row.gain(),
                        row.worth(),
                        row.logProbability(),
                        100 * row.accuracy().orElse(0),
                        row.prompt().demonstrations().size(),
                        row.prompt().instruction().replace('\n', ' ')));
        SearchReport.Cost cost = report.search();
        System.out.printf(
                Locale.ROOT,
                "%s: %d calls, %d tokens, %.1f s; random sets: %d calls, %d tokens, %.1f s%n",
                report.ended(),
                cost.calls(),
                cost.tokens(),
                cost.time().toMillis() / 1e3,
                report.baseline().calls(),
                report.baseline().tokens(),
                report.baseline().time().toMillis() / 1e3);
    }

    /** The scores of the answers, and the log-probabilities of the right ones: (2, examples). */
    private static double[][] answered(Model model, Prompt prompt, LabelChoice choice, Task task, List<Example> test) {
        Strategy strategy = prompt.under(ZeroShot.defaults()).then(choice);
        try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
            double[][] scores = new double[2][test.size()];
            for (int i = 0; i < test.size(); i++) {
                String right = test.get(i).output();
                Generation answer = adapted.generate(task.request(test.get(i).input()));
                scores[0][i] = task.metric().score(right, answer.text());
                scores[1][i] = Math.log(answer.decision().orElseThrow().probability(right));
            }
            return scores;
        }
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
