package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.training.Ia3Learner;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Fine-tuning by learned scales of keys, values and the inner feed-forward activations (Liu et al. 2022): a few thousand
 * numbers. Needs a {@link LocalModel} at the bottom.
 *
 * @param config the adapter's settings
 * @param options how it is trained
 * @param listener hears of each step, on the thread that trains
 */
public record Ia3Tuning(AdapterConfig.Ia3 config, TrainingOptions options, Consumer<TrainingEvent> listener)
        implements Strategy {
    /** Checks the components. */
    public Ia3Tuning {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** Keys, values, and the input of the last feed-forward product; a learning rate of 1e-2. */
    public static Ia3Tuning defaults() {
        return new Ia3Tuning(
                new AdapterConfig.Ia3(
                        Targets.named(List.of("k_proj", "v_proj", "down_proj")), Targets.named(List.of("down_proj"))),
                TrainingOptions.defaults().withLearningRate(1e-2),
                event -> {});
    }

    /** The same with other settings of the adapter. */
    public Ia3Tuning withConfig(AdapterConfig.Ia3 config) {
        return new Ia3Tuning(config, options, listener);
    }

    /** The same, trained in another way. */
    public Ia3Tuning withOptions(TrainingOptions options) {
        return new Ia3Tuning(config, options, listener);
    }

    /** The same with another listener. */
    public Ia3Tuning withListener(Consumer<TrainingEvent> listener) {
        return new Ia3Tuning(config, options, listener);
    }

    @Override
    public String name() {
        return "ia3";
    }

    /**
     * Trains an adapter.
     *
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, or the task has no examples
     */
    public PeftAdapter train(Model model, Task task, Progress progress) {
        return train(new Tuning(model, task, options, progress, listener));
    }

    /**
     * Trains an adapter on conversations as they are; {@link TrainingOptions#learn()} says which answers count. A
     * validation share is held back so that near-duplicates of a prompt stay on one side.
     *
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, there are no examples, or a metric is to select
     */
    public PeftAdapter train(Model model, TrainingData data, Progress progress) {
        return train(new Tuning(model, data, options, progress, listener));
    }

    private PeftAdapter train(Tuning tuning) {
        return tuning.adapter(name(), config, base -> new Ia3Learner(config, base, null));
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new Tuning(model, task, options, progress, listener).with(train(model, task, progress));
    }
}
