package dev.llmadapt.benchmarks;

import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.HeadStart;
import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.folder.ClassifierSettings.Wording;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A program that trains LoRA with a head on a task of labels and prints the loss and the accuracy on the share of the
 * training examples that it holds back, then, with {@code out=FOLDER}, the accuracy on the test part. Arguments are
 * {@code name=value}: {@code train} examples drawn evenly over the labels, {@code limit} of test examples, {@code from}
 * the first block that learns.
 */
final class HeadTrial {
    private static final List<String> PROJECTIONS =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    private static final Map<String, String> GIVEN = new LinkedHashMap<>(Map.of(
            "task", "llm-adapt-pilot/tasks/pennywell",
            "model", "default",
            "train", "0",
            "limit", "500",
            "from", "0",
            "share", "0.1",
            "threads", "2",
            "chat", "false",
            "out", ""));
    private static final List<String> OTHERS = List.of("rate", "batch", "epochs", "rank", "before", "after", "start");

    private HeadTrial() {}

    private static String given(String name) {
        return Objects.requireNonNull(GIVEN.get(name), name);
    }

    public static void main(String[] arguments) {
        for (String argument : arguments) {
            String name = argument.replaceFirst("=.*", "");
            if (!GIVEN.containsKey(name) && !OTHERS.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown argument '" + name + "', expected one of " + GIVEN.keySet() + " or " + OTHERS);
            }
            GIVEN.put(name, argument.substring(name.length() + 1));
        }
        TaskSplit split = TaskFiles.read(Path.of(given("task")), TaskFileOptions.defaults());
        Task task = even(split.task(), Integer.parseInt(given("train")));
        Path checkpoint = ModelSource.parse(given("model")).fetch(Progress.NONE);
        int threads = Integer.parseInt(given("threads"));
        LoraHeadTuning tuning = tuning(checkpoint)
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
                LocalModel.open(checkpoint, ModelOptions.defaults().withThreads(threads))) {
            long start = System.nanoTime();
            if (given("out").isEmpty()) {
                tuning.train(base, task, Progress.NONE);
                return;
            }
            Path out = Path.of(given("out"));
            tuning.train(base, task, out, Progress.NONE);
            System.out.printf(Locale.ROOT, "trained in %.0f s%n", (System.nanoTime() - start) / 1e9);
            try (Model head = tuning.open(base, out)) {
                int limit = Integer.parseInt(given("limit"));
                List<Example> test =
                        split.test().size() > limit ? Stratified.sample(split.test(), limit, 0) : split.test();
                measure(head, task, test);
            }
        }
    }

    private static LoraHeadTuning tuning(Path checkpoint) {
        LoraHeadTuning tuning = LoraHeadTuning.defaults().withChatTemplate(Boolean.parseBoolean(given("chat")));
        if (GIVEN.containsKey("rank")) {
            tuning = tuning.withRank(Integer.parseInt(given("rank")));
        }
        String before = GIVEN.getOrDefault("before", "").replace("\\n", "\n");
        String after = GIVEN.getOrDefault("after", "").replace("\\n", "\n");
        tuning = tuning.withWording(new Wording(tuning.wording().chat(), before, after));
        if (GIVEN.containsKey("start")) {
            tuning = tuning.withStart(HeadStart.valueOf(given("start").toUpperCase(Locale.ROOT)));
        }
        int from = Integer.parseInt(given("from"));
        if (from > 0) {
            try (Checkpoint base = Checkpoint.open(checkpoint)) {
                List<Integer> blocks =
                        IntStream.range(from, base.config().layers()).boxed().toList();
                tuning = tuning.withConfig(tuning.config()
                        .withTargets(new Targets(PROJECTIONS, Optional.empty(), Optional.empty(), blocks, List.of())));
            }
        }
        TrainingOptions options = tuning.options()
                .withValidationShare(Double.parseDouble(given("share")))
                .withThreads(Integer.parseInt(given("threads")));
        if (GIVEN.containsKey("rate")) {
            options = options.withLearningRate(Double.parseDouble(given("rate")));
        }
        if (GIVEN.containsKey("batch")) {
            options = options.withBatchSize(Integer.parseInt(given("batch")));
        }
        if (GIVEN.containsKey("epochs")) {
            options = options.withEpochs(Integer.parseInt(given("epochs")));
        }
        return tuning.withOptions(options.withEvaluations(options.learning().epochs()));
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
        int right = 0;
        for (int i = 0; i < test.size(); i++) {
            right += answers.get(i).text().equals(test.get(i).output()) ? 1 : 0;
        }
        System.out.printf(Locale.ROOT, "accuracy %.3f, %d of %d%n", right / (double) test.size(), right, test.size());
    }
}
