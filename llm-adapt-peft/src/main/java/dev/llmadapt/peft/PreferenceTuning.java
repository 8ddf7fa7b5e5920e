package dev.llmadapt.peft;

import dev.llmadapt.AdapterException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.training.PreferenceLoss;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOn;
import dev.llmadapt.peft.training.TrainingOptions.LossOver;
import dev.llmadapt.peft.training.TrainingOptions.Select;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Training of a LoRA adapter on preferences: DPO (Rafailov et al. 2023) on pairs of a better and a worse answer, KTO
 * (Ethayarajh et al. 2024) on answers that are liked or not. Needs a {@link LocalModel} at the bottom.
 *
 * <p>The reference is the model as training begins: without an adapter, or with the one that is trained on. What it
 * says of the answers is computed once, before the first step. No strategy, since a task has no preferences: the
 * adapter is loaded by {@link LocalModel#loadAdapter} or written to a folder.
 *
 * @param config the adapter's settings; without dropout, biases and embeddings
 * @param loss the loss and its settings
 * @param options how it is trained; its texts are preferences, and of these the whole answer counts
 * @param start an adapter to train on, of the same settings; none for a new one
 * @param listener hears of each step, on the thread that trains, with {@link TrainingEvent#rewards()}
 */
public record PreferenceTuning(
        AdapterConfig.Lora config,
        PreferenceLoss loss,
        TrainingOptions options,
        Optional<PeftAdapter> start,
        Consumer<TrainingEvent> listener) {
    /** Validates the components. */
    public PreferenceTuning {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(listener, "listener");
        if (options.learning().lossOn() != LossOn.COMPLETION) {
            throw new IllegalArgumentException("preferences compare last answers as a whole, lossOn must be COMPLETION,"
                    + " lossOn: " + options.learning().lossOn());
        }
        if (options.learning().lossOver() != LossOver.VOCABULARY) {
            throw new IllegalArgumentException("preferences have no labels, lossOver must be VOCABULARY, lossOver: "
                    + options.learning().lossOver());
        }
        if (options.validation().select() != Select.LOSS) {
            throw new IllegalArgumentException("preferences have no metric to select by, select must be LOSS, select: "
                    + options.validation().select());
        }
    }

    /**
     * DPO with a beta of 0.1: rank 16 and alpha 32 on all projections; 3 epochs of 8 preferences a step, and at least
     * as many steps as {@link TrainingOptions#defaults()} says; a learning rate of 1e-5 that falls along a line after a
     * warm-up of 10 %, AdamW without weight decay, norms up to 1. These are the defaults of TRL's DPOTrainer, but for
     * the least steps, the warm-up, and the rate: for adapters TRL's own script takes ten times that of all weights.
     */
    public static PreferenceTuning dpo() {
        return new PreferenceTuning(
                LoraTuning.defaults().config(),
                PreferenceLoss.dpo(),
                PreferenceTraining.defaults(),
                Optional.empty(),
                event -> {});
    }

    /** KTO with a beta of 0.1 and equal weights, otherwise as {@link #dpo()}. */
    public static PreferenceTuning kto() {
        return dpo().withLoss(PreferenceLoss.kto());
    }

    /** Returns this tuning with other settings of the adapter. */
    public PreferenceTuning withConfig(AdapterConfig.Lora config) {
        return new PreferenceTuning(config, loss, options, start, listener);
    }

    /** Returns this tuning with another rank, and twice as large an alpha. */
    public PreferenceTuning withRank(int rank) {
        return withConfig(config.withRank(rank).withAlpha(2.0 * rank));
    }

    /** Returns this tuning with another loss. */
    public PreferenceTuning withLoss(PreferenceLoss loss) {
        return new PreferenceTuning(config, loss, options, start, listener);
    }

    /** Returns this tuning with other options of training. */
    public PreferenceTuning withOptions(TrainingOptions options) {
        return new PreferenceTuning(config, loss, options, start, listener);
    }

    /**
     * Returns this tuning on an adapter, such as one that {@link LoraTuning} trained on good answers: its numbers are
     * where training begins, and the reference. Settings are those of the adapter, without its dropout.
     *
     * @throws AdapterException if it is no LoRA adapter
     */
    public PreferenceTuning withStart(PeftAdapter adapter) {
        if (!(adapter.config() instanceof AdapterConfig.Lora lora)) {
            throw new AdapterException("only a LoRA adapter can be trained on preferences, '" + adapter.name() + "' is "
                    + adapter.method() + "; begin with a LoRA adapter, or without one");
        }
        return new PreferenceTuning(lora.withDropout(0), loss, options, Optional.of(adapter), listener);
    }

    /** Returns this tuning with another listener. */
    public PreferenceTuning withListener(Consumer<TrainingEvent> listener) {
        return new PreferenceTuning(config, loss, options, start, listener);
    }

    /**
     * The name of the adapter that is trained: {@code dpo}, {@code hinge}, {@code ipo}, {@code robust} or {@code kto}.
     */
    public String name() {
        return loss.name();
    }

    /**
     * Trains an adapter, which takes the tuning's name. KTO also learns from pairs, as answers one by one.
     *
     * @param progress hears of {@code reference}, in preferences that the base is asked before the first step, and of
     *     {@code train}, in steps
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, there are no preferences, or a loss that compares two
     *     answers gets judged ones
     */
    public PeftAdapter train(Model model, PreferenceData data, Progress progress) {
        return new PreferenceTraining(this, model, data, progress).adapter();
    }

    /**
     * Trains and writes the adapter as PEFT does: see {@link #train(Model, PreferenceData, Progress)}.
     *
     * @param target must not exist or be empty
     */
    public void train(Model model, PreferenceData data, Path target, Progress progress) {
        train(model, data, progress).write(target);
    }
}
