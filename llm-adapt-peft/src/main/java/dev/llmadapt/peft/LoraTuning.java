package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.training.LoraLearner;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Fine-tuning by low-rank updates (Hu et al. 2021), with DoRA and rank-stabilised scaling as options, on the examples of a
 * task and the prompts that the layers inside make of them. Needs a {@link LocalModel} at the bottom.
 *
 * @param config the adapter's settings; without dropout, biases and embeddings
 * @param options how it is trained
 * @param listener hears of each step, on the thread that trains
 */
public record LoraTuning(AdapterConfig.Lora config, TrainingOptions options, Consumer<TrainingEvent> listener)
        implements Strategy {
    /** Checks the components. */
    public LoraTuning {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** Rank 16 and alpha 32 on all projections; a learning rate of 5e-4. */
    public static LoraTuning defaults() {
        return new LoraTuning(
                new AdapterConfig.Lora(
                        16,
                        32,
                        0,
                        Targets.matching("all-linear"),
                        Map.of(),
                        Map.of(),
                        false,
                        false,
                        AdapterConfig.Bias.NONE,
                        false),
                TrainingOptions.defaults().withLearningRate(5e-4),
                event -> {});
    }

    /** The same with other settings of the adapter. */
    public LoraTuning withConfig(AdapterConfig.Lora config) {
        return new LoraTuning(config, options, listener);
    }

    /** The same of another rank, and twice as large an alpha. */
    public LoraTuning withRank(int rank) {
        return withConfig(new AdapterConfig.Lora(
                rank,
                2.0 * rank,
                config.dropout(),
                config.targets(),
                config.rankPattern(),
                config.alphaPattern(),
                config.rankStabilized(),
                config.decomposed(),
                config.bias(),
                config.loraBias()));
    }

    /** The same on other modules, by the endings of their names. */
    public LoraTuning withTargets(List<String> names) {
        return withConfig(new AdapterConfig.Lora(
                config.rank(),
                config.alpha(),
                config.dropout(),
                Targets.named(names),
                config.rankPattern(),
                config.alphaPattern(),
                config.rankStabilized(),
                config.decomposed(),
                config.bias(),
                config.loraBias()));
    }

    /** The same, trained in another way. */
    public LoraTuning withOptions(TrainingOptions options) {
        return new LoraTuning(config, options, listener);
    }

    /** The same with another listener. */
    public LoraTuning withListener(Consumer<TrainingEvent> listener) {
        return new LoraTuning(config, options, listener);
    }

    @Override
    public String name() {
        return config.decomposed() ? "dora" : "lora";
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
        return tuning.adapter(name(), config, base -> new LoraLearner(config, base, null, options.seed()));
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new Tuning(model, task, options, progress, listener).with(train(model, task, progress));
    }
}
