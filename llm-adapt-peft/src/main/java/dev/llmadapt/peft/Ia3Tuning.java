package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import dev.llmadapt.peft.training.Ia3Trainable;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingOptions;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Fine-tuning by learned scales of keys, values and the inner feed-forward activations (Liu et al. 2022): a few
 * thousand parameters. Needs a {@link LocalModel} at the bottom.
 *
 * @param config the adapter's settings
 * @param options how it is trained
 * @param listener hears of each step, on the thread that trains
 */
public record Ia3Tuning(AdapterConfig.Ia3 config, TrainingOptions options, Consumer<TrainingEvent> listener)
        implements AdapterTuning {
    /** Validates the components. */
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

    /** Returns this tuning with other settings of the adapter. */
    public Ia3Tuning withConfig(AdapterConfig.Ia3 config) {
        return new Ia3Tuning(config, options, listener);
    }

    @Override
    public Ia3Tuning withOptions(TrainingOptions options) {
        return new Ia3Tuning(config, options, listener);
    }

    @Override
    public Ia3Tuning withListener(Consumer<TrainingEvent> listener) {
        return new Ia3Tuning(config, options, listener);
    }

    @Override
    public String name() {
        return "ia3";
    }

    @Override
    public PeftAdapter train(Model model, TrainingSet set, Progress progress) {
        return new Training(this, model, set, progress)
                .adapter(base -> new Training.Untrained(config, new Ia3Trainable(config, base, null)));
    }
}
