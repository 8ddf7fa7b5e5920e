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
import dev.llmadapt.peft.PrefixTuning;
import dev.llmadapt.peft.PromptInit;
import dev.llmadapt.peft.PromptTuning;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.Optimizer;
import dev.llmadapt.peft.training.TrainingCurve;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOver;
import dev.llmadapt.peft.training.TrainingOptions.Schedule;
import dev.llmadapt.pilot.task.TaskFileOptions;
import dev.llmadapt.pilot.task.TaskFiles;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A program that trains one adapter on a task of labels with given settings and prints its curve and its accuracy: on a
 * quarter of the training examples that it holds back, or with {@code test=true}, once, on the test part. Arguments are
 * {@code name=value}; what is not given is the tuning's default. {@code steps} is the number of steps whatever the
 * epochs; {@code tokens} are virtual ones, which begin as {@code init} or {@code text} says, {@code hidden} the size of
 * the network that makes them, {@code frozen} the first ones of a prefix that do not learn; {@code ask=false} leaves it
 * at the curve.
 */
final class TuningTrial {
    private static final Map<String, String> DEFAULTS = Map.of(
            "task", "llm-adapt-pilot/tasks/pennywell",
            "model", "default",
            "method", "lora",
            "list", "true",
            "choice", "sum",
            "loss", "vocabulary",
            "evaluations", "6",
            "threads", "1",
            "ask", "true",
            "test", "false");
    private static final String[] OTHERS = {
        "rate",
        "batch",
        "epochs",
        "steps",
        "schedule",
        "warm-up",
        "decay",
        "clip",
        "rank",
        "tokens",
        "init",
        "text",
        "hidden",
        "frozen"
    };

    private TuningTrial() {}

    public static void main(String[] arguments) {
        TrialArguments given = TrialArguments.parse(arguments, DEFAULTS, OTHERS);
        boolean test = given.flag("test");
        int threads = given.number("threads");
        Tuning asked = tuning(given);
        TaskSplit split = TaskFiles.read(Path.of(given.text("task")), TaskFileOptions.defaults());
        Task task = split.task();
        ZeroShot prompt =
                given.flag("list") ? ZeroShot.defaults() : ZeroShot.defaults().withoutLabels();
        Path checkpoint = ModelSource.parse(given.text("model")).fetch(Progress.NONE);
        try (LocalModel base =
                LocalModel.open(checkpoint, ModelOptions.defaults().withThreads(threads))) {
            TrainingCurve curve = new TrainingCurve();
            AdapterTuning tuning = (AdapterTuning) asked.withListener(event -> {
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
            if (!given.flag("ask")) {
                return;
            }
            base.loadAdapter(adapter);
            Model adapted = new ModelLayer(base) {
                @Override
                protected Request apply(Request request) {
                    List<AdapterUse> uses = new ArrayList<>(request.adapters());
                    uses.add(AdapterUse.of(adapter.name()));
                    return request.withAdapters(uses);
                }
            };
            LabelChoice choice = given.text("choice").equals("constrained")
                    ? LabelChoice.constrained()
                    : LabelChoice.scored(LabelChoice.Normalization.SUM, LabelChoice.Calibration.NONE);
            Model answering = choice.adapt(prompt.adapt(adapted, task, Progress.NONE), task, Progress.NONE);
            List<Example> examples = test ? split.test() : heldOut(task);
            List<Generation> answers = answering.generate(
                    examples.stream().map(each -> task.request(each.input())).toList());
            int right = 0;
            for (int i = 0; i < examples.size(); i++) {
                right += answers.get(i).text().equals(examples.get(i).output()) ? 1 : 0;
            }
            System.out.printf(Locale.ROOT, "accuracy %.3f of %d%n", right / (double) examples.size(), examples.size());
        }
    }

    private static Tuning tuning(TrialArguments given) {
        Tuning tuning = shaped(Tuning.named(given.text("method")), given);
        TrainingOptions options = tuning.options().withThreads(given.number("threads"));
        options = given.ifConstant("loss", LossOver.class)
                .map(options::withLossOver)
                .orElse(options);
        options = given.ifDecimal("rate").map(options::withLearningRate).orElse(options);
        options = given.ifNumber("batch").map(options::withBatchSize).orElse(options);
        options = given.ifNumber("epochs").map(options::withEpochs).orElse(options);
        options = given.ifNumber("steps").map(options::withMaxSteps).orElse(options);
        options = given.ifConstant("schedule", Schedule.class)
                .map(options::withSchedule)
                .orElse(options);
        options = given.ifDecimal("warm-up").map(options::withWarmUp).orElse(options);
        options = given.ifDecimal("clip").map(options::withMaxGradientNorm).orElse(options);
        options = given.ifDecimal("decay")
                .map(decay -> new Optimizer.AdamW(0.9, 0.999, 1e-8, decay))
                .map(options::withOptimizer)
                .orElse(options);
        return tuning.withOptions(
                given.flag("test")
                        ? options
                        : options.withValidationShare(0.25).withEvaluations(given.number("evaluations")));
    }

    /** A tuning with the arguments that are of its method alone. */
    private static Tuning shaped(Tuning tuning, TrialArguments given) {
        List<String> refused = new ArrayList<>(List.of("rank", "tokens", "init", "text", "hidden", "frozen"));
        refused.removeIf(name -> given.ifText(name).isEmpty());
        Tuning shaped = tuning;
        if (shaped instanceof LoraTuning lora) {
            refused.remove("rank");
            shaped = given.ifNumber("rank").map(lora::withRank).orElse(lora);
        }
        if (shaped instanceof PromptTuning prompt) {
            refused.removeAll(List.of("tokens", "init", "text", "hidden"));
            prompt = given.ifNumber("tokens").map(prompt::withVirtualTokens).orElse(prompt);
            prompt = given.ifText("text").map(prompt::withInitText).orElse(prompt);
            prompt = given.ifNumber("hidden").map(prompt::withEncoder).orElse(prompt);
            shaped = given.ifConstant("init", PromptInit.class)
                    .map(prompt::withInit)
                    .orElse(prompt);
        }
        if (shaped instanceof PrefixTuning prefix) {
            refused.removeAll(List.of("tokens", "text", "hidden", "frozen"));
            prefix = given.ifNumber("tokens").map(prefix::withVirtualTokens).orElse(prefix);
            prefix = given.ifNumber("frozen").map(prefix::withFrozenTokens).orElse(prefix);
            prefix = given.ifNumber("hidden").map(prefix::withProjection).orElse(prefix);
            shaped = given.ifText("text").map(prefix::withInitText).orElse(prefix);
        }
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(tuning.name() + " has no " + refused + ", leave these arguments out");
        }
        return shaped;
    }

    /** The examples that a training of seed 0 holds back. */
    private static List<Example> heldOut(Task task) {
        List<Example> order = new ArrayList<>(task.examples());
        Collections.shuffle(order, new Random(0));
        return order.subList(0, (int) Math.round(order.size() * 0.25));
    }
}
