package dev.llmadapt.benchmarks;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.HeadStart;
import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.folder.ClassifierSettings.Wording;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.pilot.results.Calibration;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A program that trains LoRA with a head on a task of labels and prints the loss and the accuracy on the share of the
 * training examples that it holds back, then, with {@code out=FOLDER}, the accuracy on the test part; a folder that is
 * there already is measured and not trained. Arguments are {@code name=value}; what is not given is the tuning's
 * default. {@code train} examples are drawn evenly over the labels, and {@code limit} of test examples; {@code blocks}
 * is the share of the blocks that learn, {@code before} and {@code after} stand around a text, with {@code \\n} for a
 * new line.
 */
final class HeadTrial {
    private static final Map<String, String> DEFAULTS = Map.of(
            "task", "llm-adapt-pilot/tasks/pennywell",
            "model", "default",
            "train", "0",
            "limit", "500",
            "share", "0.1",
            "threads", "2",
            "chat", "false",
            "out", "");
    private static final String[] OTHERS = {"rate", "batch", "epochs", "rank", "blocks", "before", "after", "start"};

    private HeadTrial() {}

    public static void main(String[] arguments) {
        TrialArguments given = TrialArguments.parse(arguments, DEFAULTS, OTHERS);
        TaskSplit split = TaskFiles.read(Path.of(given.text("task")), TaskFileOptions.defaults());
        Task task = even(split.task(), given.number("train"));
        Path checkpoint = ModelSource.parse(given.text("model")).fetch(Progress.NONE);
        LoraHeadTuning tuning = tuning(given)
                .withListener(event -> event.validationLoss()
                        .ifPresent(loss -> System.out.printf(
                                Locale.ROOT,
                                "step %d/%d loss %.3f held out %.3f accuracy %.3f%n",
                                event.step(),
                                event.steps(),
                                event.loss(),
                                loss,
                                event.validationScore().orElse(Double.NaN))));
        try (LocalModel base =
                LocalModel.open(checkpoint, ModelOptions.defaults().withThreads(given.number("threads")))) {
            long start = System.nanoTime();
            if (given.text("out").isEmpty()) {
                tuning.train(base, task, Progress.NONE);
                return;
            }
            Path out = Path.of(given.text("out"));
            if (!Files.exists(out)) {
                tuning.train(base, task, out, Progress.NONE);
                System.out.printf(Locale.ROOT, "trained in %.0f s%n", (System.nanoTime() - start) / 1e9);
            }
            try (Model head = tuning.open(base, out)) {
                int limit = given.number("limit");
                List<Example> test =
                        split.test().size() > limit ? Stratified.sample(split.test(), limit, 0) : split.test();
                measure(head, task, test);
            }
        }
    }

    private static LoraHeadTuning tuning(TrialArguments given) {
        LoraHeadTuning tuning = LoraHeadTuning.defaults();
        Wording wording = tuning.wording();
        tuning = tuning.withWording(new Wording(
                given.flag("chat"),
                around(given, "before", wording.before()),
                around(given, "after", wording.after())));
        tuning = given.ifConstant("start", HeadStart.class)
                .map(tuning::withStart)
                .orElse(tuning);
        tuning = given.ifNumber("rank").map(tuning::withRank).orElse(tuning);
        tuning = given.ifDecimal("blocks").map(tuning::withUpperBlocks).orElse(tuning);
        TrainingOptions options =
                tuning.options().withValidationShare(given.decimal("share")).withThreads(given.number("threads"));
        options = given.ifDecimal("rate").map(options::withLearningRate).orElse(options);
        options = given.ifNumber("batch").map(options::withBatchSize).orElse(options);
        options = given.ifNumber("epochs").map(options::withEpochs).orElse(options);
        return tuning.withOptions(options.withEvaluations(options.learning().epochs()));
    }

    private static String around(TrialArguments given, String name, String usual) {
        return given.ifText(name).map(text -> text.replace("\\n", "\n")).orElse(usual);
    }

    /** So many examples, drawn evenly over the labels with seed 0; all for 0. */
    private static Task even(Task task, int count) {
        if (count == 0) {
            return task;
        }
        Map<String, List<Example>> groups = new LinkedHashMap<>();
        task.examples()
                .forEach(each -> groups.computeIfAbsent(each.output(), label -> new ArrayList<>())
                        .add(each));
        groups.values().forEach(group -> Collections.shuffle(group, new Random(0)));
        List<Example> drawn = new ArrayList<>();
        for (int i = 0; drawn.size() < Math.min(count, task.examples().size()); i++) {
            for (List<Example> group : groups.values()) {
                if (i < group.size() && drawn.size() < count) {
                    drawn.add(group.get(i));
                }
            }
        }
        return task.withExamples(drawn);
    }

    private static void measure(Model head, Task task, List<Example> test) {
        List<Generation> answers = head.generate(
                test.stream().map(each -> task.request(each.input())).toList());
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            Example example = test.get(i);
            Generation answer = answers.get(i);
            outcomes.add(new Outcome(
                    example.id(),
                    example.output(),
                    answer.text(),
                    task.metric().score(example.output(), answer.text()),
                    Duration.ZERO,
                    0,
                    0,
                    "",
                    answer.decision().map(decision -> Confidence.of(decision, example.output()))));
        }
        Calibration calibration = Calibration.of(outcomes);
        System.out.printf(
                Locale.ROOT,
                "accuracy %.3f of %d, %s, ECE %.3f, Brier %.3f%n",
                outcomes.stream().mapToDouble(Outcome::score).average().orElseThrow(),
                test.size(),
                answers.get(0).decision().orElseThrow().calibrated() ? "calibrated" : "not calibrated",
                calibration.expectedError(),
                calibration.brier());
    }
}
