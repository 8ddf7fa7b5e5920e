package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Decision;
import dev.llmadapt.DecisionLearner;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.TrainingSet;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.List;

/**
 * The learning of a tuning, in steps of fewer texts where examples are few.
 *
 * @param tuning what learns
 * @param decisions the probabilities to learn; none to learn the examples' outputs
 */
record TuningLearning(Tuning tuning, List<Decision> decisions) implements Learning {
    private static final int CHECKPOINTS = 40;

    @Override
    public String name() {
        return tuning.name();
    }

    /** The tuning with as many texts a step as the examples of a task allow. */
    Tuning fitted(Task task) {
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
        Tuning fitted = fitted(task);
        return fitted instanceof DecisionLearner learner && !decisions.isEmpty()
                ? learner.adapt(model, task, decisions, progress)
                : fitted.adapt(model, task, progress);
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        Tuning fitted = fitted(task);
        fitted.withOptions(fitted.options().withOutputDir(snapshots).withCheckpoints(CHECKPOINTS))
                .train(model, TrainingSet.of(task, decisions), target, progress);
    }

    @Override
    public boolean learnsProbabilities() {
        return tuning instanceof DecisionLearner;
    }

    @Override
    public Learning from(List<Decision> probabilities) {
        return new TuningLearning(tuning, probabilities);
    }

    @Override
    public Model open(Model model, Path folder) {
        return tuning.open(model, folder);
    }
}
