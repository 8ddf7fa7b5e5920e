package dev.llmadapt.benchmarks;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import dev.llmadapt.peft.AdapterTuning;
import dev.llmadapt.peft.LoraTuning;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.TrainingCurve;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A program that trains one adapter on a task of labels with given settings and prints its curve and its accuracy: on a
 * quarter of the training examples that it holds back, or with {@code test=true}, once, on the test part. Arguments are
 * {@code name=value}; what is not given is the tuning's default.
 */
final class TuningTrial {
    private static final Map<String, String> GIVEN = new LinkedHashMap<>(Map.of(
            "task", "llm-adapt-pilot/tasks/pennywell",
            "model", "default",
            "method", "lora",
            "list", "true",
            "choice", "sum",
            "evaluations", "6",
            "threads", "1",
            "test", "false"));
    private static final List<String> OTHERS = List.of("rate", "batch", "epochs", "rank");

    private TuningTrial() {}

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
        boolean test = Boolean.parseBoolean(given("test"));
        int threads = Integer.parseInt(given("threads"));
        TaskSplit split = TaskFiles.read(Path.of(given("task")), TaskFileOptions.defaults());
        Task task = split.task();
        ZeroShot prompt = Boolean.parseBoolean(given("list"))
                ? ZeroShot.defaults()
                : ZeroShot.defaults().withoutLabels();
        Path checkpoint = ModelSource.parse(given("model")).fetch(Progress.NONE);
        try (LocalModel base =
                LocalModel.open(checkpoint, ModelOptions.defaults().withThreads(threads))) {
            TrainingCurve curve = new TrainingCurve();
            AdapterTuning tuning = (AdapterTuning) tuning(test, threads).withListener(event -> {
                curve.accept(event);
                if (event.step() % 10 == 0 || event.validationLoss().isPresent()) {
                    System.out.printf(
                            Locale.ROOT,
                            "step %d/%d loss %.3f held out %.3f%n",
                            event.step(),
                            event.steps(),
                            event.loss(),
                            event.validationLoss().orElse(Double.NaN));
                }
            });
            PeftAdapter adapter = tuning.train(prompt.adapt(base, task, Progress.NONE), task, Progress.NONE);
            System.out.println(
                    curve.verdict(tuning.options().validation().select()).summary());
            base.loadAdapter(adapter);
            Model adapted = new ModelLayer(base) {
                @Override
                protected Request apply(Request request) {
                    List<AdapterUse> uses = new ArrayList<>(request.adapters());
                    uses.add(AdapterUse.of(adapter.name()));
                    return request.withAdapters(uses);
                }
            };
            LabelChoice choice = given("choice").equals("constrained")
                    ? LabelChoice.constrained()
                    : LabelChoice.scored(LabelChoice.Normalization.SUM, LabelChoice.Calibration.NONE);
            Model asked = choice.adapt(prompt.adapt(adapted, task, Progress.NONE), task, Progress.NONE);
            List<Example> examples = test ? split.test() : heldOut(task);
            List<Generation> answers = asked.generate(
                    examples.stream().map(each -> task.request(each.input())).toList());
            int right = 0;
            for (int i = 0; i < examples.size(); i++) {
                right += answers.get(i).text().equals(examples.get(i).output()) ? 1 : 0;
            }
            System.out.printf(Locale.ROOT, "accuracy %.3f of %d%n", right / (double) examples.size(), examples.size());
        }
    }

    private static Tuning tuning(boolean test, int threads) {
        Tuning tuning = Tuning.named(given("method"));
        if (GIVEN.containsKey("rank")) {
            tuning = ((LoraTuning) tuning).withRank(Integer.parseInt(given("rank")));
        }
        TrainingOptions options = tuning.options().withThreads(threads);
        if (GIVEN.containsKey("rate")) {
            options = options.withLearningRate(Double.parseDouble(given("rate")));
        }
        if (GIVEN.containsKey("batch")) {
            options = options.withBatchSize(Integer.parseInt(given("batch")));
        }
        if (GIVEN.containsKey("epochs")) {
            options = options.withEpochs(Integer.parseInt(given("epochs")));
        }
        return tuning.withOptions(
                test
                        ? options
                        : options.withValidationShare(0.25).withEvaluations(Integer.parseInt(given("evaluations"))));
    }

    /** The examples that a training of seed 0 holds back. */
    private static List<Example> heldOut(Task task) {
        List<Example> order = new ArrayList<>(task.examples());
        Collections.shuffle(order, new Random(0));
        return order.subList(0, (int) Math.round(order.size() * 0.25));
    }
}
