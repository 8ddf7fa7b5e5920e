package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;

/** The learning of a tuning, in steps of fewer texts where examples are few. */
record TuningLearning(Tuning tuning) implements Learning {
    private static final int CHECKPOINTS = 40;

    @Override
    public String name() {
        return tuning.name();
    }

    private Tuning fitted(Task task) {
        TrainingOptions options = tuning.options();
        int batch = options.learning().batchSize();
        int passes =
                Math.multiplyExact(task.examples().size(), options.learning().epochs());
        int fitting = Math.max(
                Math.min(2, batch),
                Math.min(batch, passes / Math.max(1, options.learning().minSteps())));
        return tuning.withOptions(options.withBatchSize(fitting));
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return fitted(task).adapt(model, task, progress);
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        Tuning fitted = fitted(task);
        fitted.withOptions(fitted.options().withOutputDir(snapshots).withCheckpoints(CHECKPOINTS))
                .train(model, task, target, progress);
    }

    @Override
    public Model open(Model model, Path folder) {
        return tuning.open(model, folder);
    }
}
