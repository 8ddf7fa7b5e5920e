package dev.llmadapt.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.heads.CrossValidation;
import dev.llmadapt.heads.HeadModel;
import dev.llmadapt.heads.LinearHead;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.text.CsvTable;
import dev.llmadapt.text.Lines;
import dev.llmadapt.text.Utf8Input;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Accuracy, calibration and time of the heads on a folder with {@code train.csv} and {@code test.csv}. Nothing is
 * chosen on the test part: C and the calibration come from the cross-validation inside the training part.
 *
 * <p>Arguments: the folder, the columns of text and label, and the number of training examples, drawn evenly over the
 * labels with seed 0, or 0 for all of them; then, for the head on the hidden states of the default model as well, the
 * instruction that the model sees before each text.
 */
public final class HeadsBenchmark {
    private static final int BINS = 15;
    private static final int DRAWS = 500;

    private HeadsBenchmark() {}

    /** Prints a line of a Markdown table per head. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int most = Integer.parseInt(arguments[3]);
        List<Example> train = read(folder.resolve("train.csv"), arguments[1], arguments[2]);
        List<Example> test = read(folder.resolve("test.csv"), arguments[1], arguments[2]);
        List<Example> learned = most == 0 ? train : evenly(train, most);
        List<String> labels =
                learned.stream().map(Example::output).distinct().sorted().toList();
        String instruction = arguments.length > 4 ? arguments[4] : "";
        Task task = Task.classification(folder.getFileName().toString(), instruction, labels, learned);
        System.out.printf(
                "%d to learn from, %d to measure on, %d labels%n", learned.size(), test.size(), labels.size());
        System.out.println(
                "| head | accuracy | Brier | ECE before | ECE after | ECE by chance | C | cross-validated | learned in"
                        + " | processor | answered in |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        measure("words", () -> LinearHead.words().train(task, Progress.NONE), test);
        try (Embedder embedder = Embedder.miniLm()) {
            measure("embeddings, MiniLM", () -> LinearHead.embeddings(embedder).train(task, Progress.NONE), test);
        }
        try (Embedder embedder = Embedder.bgeSmall()) {
            measure(
                    "embeddings, bge-small",
                    () -> LinearHead.embeddings(embedder).train(task, Progress.NONE),
                    test);
        }
        if (arguments.length > 4) {
            Path file = ModelSource.defaultModel().fetch(Progress.NONE);
            try (LocalModel model = LocalModel.open(file, ModelOptions.defaults())) {
                LinearHead features = LinearHead.features();
                measure("features", () -> features.adapt(model, task, Progress.NONE), test);
                measure("features, bare texts", () -> features.adapt(new BareTexts(model), task, Progress.NONE), test);
            }
        }
    }

    private static void measure(String name, Supplier<HeadModel> learning, List<Example> test) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long start = System.nanoTime();
        long processor = system.getProcessCpuTime();
        try (HeadModel head = learning.get()) {
            double learned = (System.nanoTime() - start) / 1e9;
            double computed = (system.getProcessCpuTime() - processor) / 1e9;
            start = System.nanoTime();
            List<Decision> decisions =
                    head
                            .generate(test.stream()
                                    .map(example -> Request.of(example.input()))
                                    .toList())
                            .stream()
                            .map(Generation::decision)
                            .map(decision -> decision.orElseThrow())
                            .toList();
            double answering = (System.nanoTime() - start) / 1e9;
            CrossValidation.Trial trial = head.crossValidation().trials().stream()
                    .filter(one -> one.regularization() == head.regularization())
                    .findFirst()
                    .orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f | %.3f | %.1f s | %.1f s | %.1f s |%n",
                    name,
                    accuracy(decisions, test),
                    brier(decisions, test),
                    calibrationError(
                            decisions.stream()
                                    .map(decision -> uncalibrated(decision, head.temperature()))
                                    .toList(),
                            test),
                    calibrationError(decisions, test),
                    byChance(decisions),
                    head.regularization(),
                    trial.accuracy(),
                    learned,
                    computed,
                    answering);
        }
    }

    /** The softmax of the decision values themselves. */
    private static Decision uncalibrated(Decision decision, double temperature) {
        return Decision.softmax(
                decision.labels(),
                decision.choices().stream()
                        .mapToDouble(choice -> temperature * Math.log(choice.probability()))
                        .toArray(),
                false);
    }

    private static double accuracy(List<Decision> decisions, List<Example> test) {
        int right = 0;
        for (int i = 0; i < test.size(); i++) {
            right += decisions.get(i).label().equals(test.get(i).output()) ? 1 : 0;
        }
        return (double) right / test.size();
    }

    /** The mean squared distance between the probabilities and the truth, from 0 to 2. */
    private static double brier(List<Decision> decisions, List<Example> test) {
        double sum = 0;
        for (int i = 0; i < test.size(); i++) {
            for (Decision.Choice choice : decisions.get(i).choices()) {
                double truth = choice.label().equals(test.get(i).output()) ? 1 : 0;
                sum += (choice.probability() - truth) * (choice.probability() - truth);
            }
        }
        return sum / test.size();
    }

    /**
     * The calibration error that perfect probabilities have on so many texts: the mean over draws of which answers are
     * right, by their probabilities.
     */
    private static double byChance(List<Decision> decisions) {
        Random random = new Random(0);
        double sum = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            sum += calibrationErrorOf(
                    decisions,
                    decisions.stream()
                            .map(decision -> random.nextDouble() < decision.probability())
                            .toList());
        }
        return sum / DRAWS;
    }

    private static double calibrationError(List<Decision> decisions, List<Example> test) {
        List<Boolean> right = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            right.add(decisions.get(i).label().equals(test.get(i).output()));
        }
        return calibrationErrorOf(decisions, right);
    }

    /** The expected calibration error of the answers over bins of equal width. */
    private static double calibrationErrorOf(List<Decision> decisions, List<Boolean> answers) {
        double[] confidence = new double[BINS];
        double[] right = new double[BINS];
        for (int i = 0; i < answers.size(); i++) {
            double probability = decisions.get(i).probability();
            int bin = Math.min(BINS - 1, (int) (probability * BINS));
            confidence[bin] += probability;
            right[bin] += answers.get(i) ? 1 : 0;
        }
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(confidence[bin] - right[bin]) / answers.size();
        }
        return error;
    }

    static List<Example> evenly(List<Example> examples, int most) {
        Map<String, List<Example>> byLabel = new LinkedHashMap<>();
        examples.forEach(example -> byLabel.computeIfAbsent(example.output(), label -> new ArrayList<>())
                .add(example));
        Random random = new Random(0);
        byLabel.values().forEach(group -> Collections.shuffle(group, random));
        List<Example> drawn = new ArrayList<>();
        for (int round = 0; drawn.size() < Math.min(most, examples.size()); round++) {
            for (List<Example> group : byLabel.values()) {
                if (round < group.size() && drawn.size() < most) {
                    drawn.add(group.get(round));
                }
            }
        }
        return drawn;
    }

    static List<Example> read(Path file, String text, String label) throws Exception {
        List<Example> examples = new ArrayList<>();
        try (InputStream stream = Files.newInputStream(file)) {
            CsvTable table = CsvTable.open(new Lines(Utf8Input.of(stream, null), 1 << 20), ',', 1 << 20);
            while (table.advance()) {
                List<String> cells = table.cells();
                examples.add(new Example(
                        "line " + table.line(),
                        cells.get(table.columns().indexOf(text)),
                        cells.get(table.columns().indexOf(label))));
            }
        }
        return examples;
    }
}
