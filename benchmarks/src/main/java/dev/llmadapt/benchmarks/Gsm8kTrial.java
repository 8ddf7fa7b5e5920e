package dev.llmadapt.benchmarks;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.benchmarks.Gsm8k.Problem;
import dev.llmadapt.benchmarks.Gsm8kJournal.Entry;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.prompting.ChainOfThought;
import dev.llmadapt.prompting.LeastToMost;
import dev.llmadapt.prompting.SelfAsk;
import dev.llmadapt.prompting.SelfConsistency;
import dev.llmadapt.prompting.ZeroShot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The accuracy of prompting strategies on GSM8K, on problems that are drawn by a seed. Arguments are
 * {@code name=value}; {@code data} is the file {@code test.jsonl} of GSM8K, {@code journal} a file from which a run
 * that was stopped goes on, {@code batch} the number of problems that are answered together, {@code skip} the number of
 * problems at the beginning of the draw that are left out, and {@code part=table} prints what the journal has of
 * problems that all of the strategies have answered, without asking more.
 *
 * <p>The answer of each strategy is constrained to a number, but for {@code free}, where the model writes as it likes
 * and its last number counts.
 */
final class Gsm8kTrial {
    private static final int THOUGHT_TOKENS = 256;
    private static final Task TASK = Task.answering("gsm8k", "Solve the math problem.", List.of());
    private static final String ALONE = "Solve the math problem. Answer with the number alone.";
    private static final OutputConstraint NUMBER = OutputConstraint.regex("-?[0-9]{1,9}(\\.[0-9]{1,2})?");
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("model", "default"),
            Map.entry("strategies", "zero-shot,free,chain-of-thought,self-consistency"),
            Map.entry("questions", "200"),
            Map.entry("skip", "0"),
            Map.entry("batch", "8"),
            Map.entry("samples", "5"),
            Map.entry("seed", "0"),
            Map.entry("threads", "2"),
            Map.entry("part", "all"),
            Map.entry("journal", "gsm8k.jsonl"));

    private final TrialArguments given;
    private final Map<String, Supplier<Strategy>> strategies = new LinkedHashMap<>();

    private Gsm8kTrial(TrialArguments given) {
        this.given = given;
        ChainOfThought thoughts = ChainOfThought.defaults().withThoughtTokens(THOUGHT_TOKENS);
        strategies.put("zero-shot", ZeroShot::defaults);
        strategies.put("free", ZeroShot::defaults);
        strategies.put("chain-of-thought", () -> ZeroShot.defaults().then(thoughts));
        strategies.put("least-to-most", () -> ZeroShot.defaults().then(LeastToMost.defaults()));
        strategies.put("self-ask", () -> ZeroShot.defaults().then(SelfAsk.defaults()));
        strategies.put(
                "self-consistency",
                () -> ZeroShot.defaults()
                        .then(new SelfConsistency(thoughts, given.number("samples"), 0.7, given.number("seed"))));
    }

    /** Prints a row of a Markdown table per strategy. */
    public static void main(String[] arguments) throws IOException {
        new Gsm8kTrial(TrialArguments.parse(arguments, DEFAULTS, "data")).run();
    }

    private void run() throws IOException {
        List<String> names = List.of(given.text("strategies").split(",", -1));
        for (String name : names) {
            if (!strategies.containsKey(name)) {
                throw new IllegalArgumentException(
                        "unknown strategy '" + name + "', expected one of " + strategies.keySet());
            }
        }
        Path data = Path.of(given.ifText("data")
                .orElseThrow(() -> new IllegalArgumentException("data=FILE names the test.jsonl of GSM8K")));
        List<Problem> problems = Gsm8k.read(data);
        System.out.println(Gsm8k.checked(problems));
        List<Integer> draw = Gsm8k.draw(problems.size(), given.number("questions"), given.number("seed"));
        if (given.number("skip") < 0 || given.number("skip") >= draw.size()) {
            throw new IllegalArgumentException(
                    "skip must be from 0 to " + (draw.size() - 1) + ", got " + given.number("skip"));
        }
        List<Integer> drawn = draw.subList(given.number("skip"), draw.size());
        Gsm8kJournal journal = Gsm8kJournal.open(
                Path.of(given.text("journal")),
                "model=" + Path.of(given.text("model")).getFileName() + " seed=" + given.text("seed") + " samples="
                        + given.text("samples") + " thought=" + THOUGHT_TOKENS + " problems=" + problems.size());
        if (given.text("part").equals("all")) {
            answer(problems, drawn, names, journal);
        }
        List<Integer> answered = drawn.stream()
                .filter(index -> names.stream().allMatch(name -> journal.has(name, index)))
                .toList();
        print(problems, answered, names, journal);
    }

    /** Answers what the journal does not have, a batch by all strategies after the other. */
    private void answer(List<Problem> problems, List<Integer> drawn, List<String> names, Gsm8kJournal journal)
            throws IOException {
        Path checkpoint = ModelSource.parse(given.text("model")).fetch(Progress.NONE);
        int batch = given.number("batch");
        try (Model model = LocalModel.open(checkpoint, ModelOptions.defaults().withThreads(given.number("threads")))) {
            for (int from = 0; from < drawn.size(); from += batch) {
                List<Integer> some = drawn.subList(from, Math.min(drawn.size(), from + batch));
                for (String name : names) {
                    List<Integer> missing = some.stream()
                            .filter(index -> !journal.has(name, index))
                            .toList();
                    if (!missing.isEmpty()) {
                        journal.add(answers(model, name, problems, missing));
                    }
                }
                System.err.println(from + some.size() + " of " + drawn.size());
            }
        }
    }

    private List<Entry> answers(Model model, String name, List<Problem> problems, List<Integer> indices) {
        boolean free = name.equals("free");
        Task task = name.equals("zero-shot") ? TASK.withInstruction(ALONE) : TASK;
        GenerationOptions options = GenerationOptions.defaults().withMaxTokens(free ? THOUGHT_TOKENS : 16);
        List<Request> requests = new ArrayList<>();
        for (int index : indices) {
            Request request = task.request(problems.get(index).question()).withOptions(options);
            requests.add(free ? request : request.withConstraint(NUMBER));
        }
        List<Entry> entries = new ArrayList<>();
        try (Model adapted =
                Objects.requireNonNull(strategies.get(name), name).get().adapt(model, task, Progress.NONE)) {
            long start = System.nanoTime();
            List<Generation> answers = adapted.generate(requests);
            double seconds = (System.nanoTime() - start) / 1e9 / requests.size();
            for (int i = 0; i < answers.size(); i++) {
                Generation answer = answers.get(i);
                entries.add(new Entry(
                        name,
                        indices.get(i),
                        answer.text(),
                        answer.usage().promptTokens(),
                        answer.usage().completionTokens(),
                        seconds));
            }
        }
        return entries;
    }

    private static void print(
            List<Problem> problems, List<Integer> answered, List<String> names, Gsm8kJournal journal) {
        if (answered.isEmpty()) {
            System.out.println("no problem has been answered by all of " + names);
            return;
        }
        System.out.println(
                "| strategy | questions | accuracy | 95 % interval | tokens read | tokens written | seconds |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String name : names) {
            List<Entry> entries =
                    answered.stream().map(index -> journal.get(name, index)).toList();
            int right = (int) entries.stream()
                    .filter(entry -> Gsm8k.right(problems.get(entry.problem()), entry.text()))
                    .count();
            Interval interval = Interval.wilson(right, entries.size());
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %s | %d | %.1f %% | %.1f to %.1f %% | %.0f | %.0f | %.2f |",
                    name,
                    entries.size(),
                    100.0 * right / entries.size(),
                    100 * interval.low(),
                    100 * interval.high(),
                    entries.stream().mapToInt(Entry::promptTokens).average().orElseThrow(),
                    entries.stream().mapToInt(Entry::completionTokens).average().orElseThrow(),
                    entries.stream().mapToDouble(Entry::seconds).average().orElseThrow()));
        }
    }
}
