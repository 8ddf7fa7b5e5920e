package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.training.LoraTrainable;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingOptions;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Fine-tuning by low-rank updates (Hu et al. 2021), with DoRA (Liu et al. 2024) and rank-stabilised scaling as options.
 * Needs a {@link LocalModel} at the bottom.
 *
 * @param config the adapter's settings; without dropout, biases and embeddings
 * @param options how it is trained
 * @param listener hears of each step, on the thread that trains
 */
public record LoraTuning(AdapterConfig.Lora config, TrainingOptions options, Consumer<TrainingEvent> listener)
        implements AdapterTuning {
    /** Validates the components. */
    public LoraTuning {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** Rank 16 and alpha 32 on all projections; a learning rate of 1e-3, 8 texts a step. */
    public static LoraTuning defaults() {
        return new LoraTuning(
                AdapterConfig.Lora.defaults().withRank(16).withAlpha(32),
                TrainingOptions.defaults().withLearningRate(1e-3).withBatchSize(8),
                event -> {});
    }

    /** Returns this tuning with other settings of the adapter. */
    public LoraTuning withConfig(AdapterConfig.Lora config) {
        return new LoraTuning(config, options, listener);
    }

    /** Returns this tuning with another rank, and twice as large an alpha. */
    public LoraTuning withRank(int rank) {
        return withConfig(config.withRank(rank).withAlpha(2.0 * rank));
    }

    /** Returns this tuning with another alpha. */
    public LoraTuning withAlpha(double alpha) {
        return withConfig(config.withAlpha(alpha));
    }

    /** Returns this tuning with or without DoRA: magnitude and direction learned apart. */
    public LoraTuning withDora(boolean dora) {
        return withConfig(config.withDecomposed(dora));
    }

    /** Returns this tuning on other modules, by the endings of their names. */
    public LoraTuning withTargets(List<String> names) {
        return withConfig(config.withTargets(Targets.named(names)));
    }

    @Override
    public LoraTuning withOptions(TrainingOptions options) {
        return new LoraTuning(config, options, listener);
    }

    @Override
    public LoraTuning withListener(Consumer<TrainingEvent> listener) {
        return new LoraTuning(config, options, listener);
    }

    @Override
    public String name() {
        return config.decomposed() ? "dora" : "lora";
    }

    @Override
    public PeftAdapter train(Model model, TrainingSet set, Progress progress) {
        long seed = options.learning().seed();
        return new Training(this, model, set, progress)
                .adapter(base -> new Training.Untrained(config, new LoraTrainable(config, base, null, seed)));
    }
}
