package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A tuning that trains an adapter and leaves the model's weights as they are. */
public sealed interface AdapterTuning extends Tuning
        permits LoraTuning, LoraHeadTuning, Ia3Tuning, PromptTuning, PrefixTuning {
    @Override
    AdapterTuning withOptions(TrainingOptions options);

    @Override
    AdapterTuning withListener(Consumer<TrainingEvent> listener);

    /**
     * Trains an adapter, which takes the tuning's name.
     *
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, or the set has no metric and one is to select
     */
    PeftAdapter train(Model model, TrainingSet set, Progress progress);

    /** Trains an adapter on a task's examples: see {@link #train(Model, TrainingSet, Progress)}. */
    default PeftAdapter train(Model model, Task task, Progress progress) {
        return train(model, TrainingSet.of(task), progress);
    }

    /** Trains an adapter on conversations: see {@link #train(Model, TrainingSet, Progress)}. */
    default PeftAdapter train(Model model, TrainingData data, Progress progress) {
        return train(model, TrainingSet.of(data), progress);
    }

    @Override
    default void train(Model model, TrainingSet set, Path target, Progress progress) {
        train(model, set, progress).write(target);
    }

    /** {@inheritDoc} The adapter is loaded beside the model's others, and unloaded in the end. */
    @Override
    default Model open(Model model, Path folder) {
        return AdapterLayer.over(model, PeftAdapter.read(folder, name()));
    }

    @Override
    default Model adapt(Model model, Task task, Progress progress) {
        return AdapterLayer.over(model, train(model, task, progress));
    }
}
