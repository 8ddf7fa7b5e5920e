package dev.llmadapt.benchmarks;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a model writes the letter of an option: with or without a space before it, and with the options before or after
 * the question. Arguments: a model's source, a task of at most 26 labels, and the most test examples.
 */
public final class LetterWriting {
    private LetterWriting() {}

    /** Prints a row of a Markdown table per way to write. */
    public static void main(String[] arguments) {
        TaskSplit split = TaskFiles.read(Path.of(arguments[1]), TaskFileOptions.defaults());
        int limit = Integer.parseInt(arguments[2]);
        List<Example> test = split.test().size() > limit ? Stratified.sample(split.test(), limit, 0) : split.test();
        System.out.println("| options | letter | tokens a letter | probability of all letters | accuracy |");
        System.out.println("|---|---|---|---|---|");
        try (LocalModel model =
                LocalModel.open(ModelSource.parse(arguments[0]).fetch(Progress.NONE), ModelOptions.defaults())) {
            for (String place : List.of("before the question", "after the question", "both")) {
                measure(model, split.task(), test, place);
            }
        }
    }

    private static void measure(Model model, Task task, List<Example> test, String place) {
        List<String> labels = task.labels();
        List<String> letters = new ArrayList<>();
        StringBuilder options = new StringBuilder();
        for (int i = 0; i < labels.size(); i++) {
            letters.add(Character.toString('A' + i));
            options.append((char) ('A' + i)).append(". ").append(labels.get(i)).append('\n');
        }
        letters.addAll(letters.stream().map(letter -> " " + letter).toList());
        String listed = options + "Answer with the letter of the right option alone.";
        double[] probability = new double[2];
        double[] right = new double[2];
        double[] tokens = new double[2];
        for (Example example : test) {
            boolean before = !place.startsWith("after");
            boolean after = !place.startsWith("before");
            Request request = Request.of(
                    Message.system(task.instruction() + (before ? "\n\n" + listed : "")),
                    Message.user(example.input() + (after ? "\n\n" + listed : "")));
            List<Scores.Entry> entries = model.score(request, letters).entries();
            for (int way = 0; way < 2; way++) {
                List<Scores.Entry> some = entries.subList(way * labels.size(), (way + 1) * labels.size());
                int best = 0;
                for (int i = 0; i < some.size(); i++) {
                    probability[way] += Math.exp(some.get(i).logProbability());
                    tokens[way] += some.get(i).tokens().size();
                    best = some.get(i).logProbability() > some.get(best).logProbability() ? i : best;
                }
                right[way] += labels.get(best).equals(example.output()) ? 1 : 0;
            }
        }
        for (int way = 0; way < 2; way++) {
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %s | `%s` | %.2f | %.4f | %.1f %% |",
                    place,
                    way == 0 ? "A" : " A",
                    tokens[way] / test.size() / labels.size(),
                    probability[way] / test.size(),
                    100 * right[way] / test.size()));
        }
    }
}
