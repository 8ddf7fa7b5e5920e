package dev.llmadapt.benchmarks;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.distillation.Distillation;
import dev.llmadapt.distillation.DistillationOptions;
import dev.llmadapt.heads.LinearHead;
import dev.llmadapt.rag.embedding.Embedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Accuracy of a student on words that learns from a teacher on embeddings: both have the same few labelled examples,
 * and the teacher labels the rest of the training part, whose labels nobody sees.
 *
 * <p>Arguments: the folder with {@code train.csv} and {@code test.csv}, the columns of text and label, and the number
 * of labelled examples, drawn evenly over the labels with seed 0.
 */
public final class DistillationBenchmark {
    private DistillationBenchmark() {}

    /** Prints a line of a Markdown table per student. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<Example> train = HeadsBenchmark.read(folder.resolve("train.csv"), arguments[1], arguments[2]);
        List<Example> test = HeadsBenchmark.read(folder.resolve("test.csv"), arguments[1], arguments[2]);
        List<Example> few = HeadsBenchmark.evenly(train, Integer.parseInt(arguments[3]));
        List<String> labels =
                few.stream().map(Example::output).distinct().sorted().toList();
        Task task = Task.classification(folder.getFileName().toString(), "", labels, few);
        List<Example> rest = new ArrayList<>(train);
        rest.removeAll(few);
        List<String> inputs = rest.stream().map(Example::input).toList();
        System.out.printf("%d labelled, %d not, %d to measure on%n", few.size(), rest.size(), test.size());
        System.out.println("| learned | accuracy | answers kept | right of those | seconds |");
        System.out.println("|---|---|---|---|---|");
        LinearHead words = LinearHead.words();
        DistillationOptions defaults = DistillationOptions.defaults();
        try (Embedder embedder = Embedder.miniLm();
                Model teacher = LinearHead.embeddings(embedder).train(task, Progress.NONE)) {
            System.out.printf(Locale.ROOT, "| teacher, on the few | %.3f | | | |%n", accuracy(teacher, task, test));
            measure("student, on the few", words, teacher, task, test);
            Distillation distillation = Distillation.of(teacher, words, inputs);
            for (double confidence : new double[] {0, 0.5, 0.8}) {
                DistillationOptions options = defaults.withMinConfidence(confidence);
                distil("answers from " + confidence, distillation.withOptions(options), teacher, task, rest, test);
                Distillation soft = distillation.withOptions(options.withProbabilities(true));
                distil("probabilities from " + confidence, soft, teacher, task, rest, test);
            }
            measure("student, on all true labels", words, teacher, task.withExamples(train), test);
        }
    }

    private static void measure(String name, LinearHead head, Model model, Task task, List<Example> test) {
        try (Model student = head.adapt(model, task, Progress.NONE)) {
            System.out.printf(Locale.ROOT, "| %s | %.3f | | | |%n", name, accuracy(student, task, test));
        }
    }

    private static void distil(
            String name, Distillation distillation, Model teacher, Task task, List<Example> rest, List<Example> test) {
        List<Example> learned = distillation.label(task, Progress.NONE).task().examples();
        List<Example> kept = learned.subList(task.examples().size(), learned.size());
        long right = kept.stream()
                .filter(answer -> rest.stream()
                        .anyMatch(truth -> truth.input().equals(answer.input())
                                && truth.output().equals(answer.output())))
                .count();
        long start = System.nanoTime();
        try (Model student = distillation.adapt(teacher, task, Progress.NONE)) {
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %d | %.3f | %.1f |%n",
                    name,
                    accuracy(student, task, test),
                    kept.size(),
                    (double) right / kept.size(),
                    seconds);
        }
    }

    private static double accuracy(Model model, Task task, List<Example> test) {
        List<Generation> answers = model.generate(
                test.stream().map(example -> task.request(example.input())).toList());
        int right = 0;
        for (int i = 0; i < test.size(); i++) {
            right += answers.get(i).text().equals(test.get(i).output()) ? 1 : 0;
        }
        return (double) right / test.size();
    }
}
