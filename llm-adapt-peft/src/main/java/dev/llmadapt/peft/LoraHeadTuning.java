package dev.llmadapt.peft;

import dev.llmadapt.AdapterException;
import dev.llmadapt.Decision;
import dev.llmadapt.DecisionLearner;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.AdapterConfig.TaskType;
import dev.llmadapt.peft.folder.ClassifierSettings;
import dev.llmadapt.peft.folder.ClassifierSettings.Wording;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOn;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sequence classification as Hugging Face does it: low-rank updates (Hu et al. 2021) and a head that scores labels at a
 * text's last token, trained together. The folder is one of PEFT's with {@code task_type SEQ_CLS}. Needs a task with
 * labels and a {@link LocalModel} at the bottom.
 *
 * @param config the adapter's settings; without dropout, biases and embeddings
 * @param wording what stands around a text, and whether in the chat template, behind what the model's layers add, as
 *     for generation
 * @param start what the head begins with
 * @param upperBlocks the share of the blocks that learn, the upper ones, above 0 and at most 1; settings that name
 *     blocks or have a pattern of their own are left as they are
 * @param options how it is trained
 * @param listener hears of each step, on the thread that trains
 */
public record LoraHeadTuning(
        AdapterConfig.Lora config,
        Wording wording,
        HeadStart start,
        double upperBlocks,
        TrainingOptions options,
        Consumer<TrainingEvent> listener)
        implements AdapterTuning, DecisionLearner {
    /** Validates the components. */
    public LoraHeadTuning {
        config = config.withTaskType(TaskType.SEQ_CLS);
        Objects.requireNonNull(wording, "wording");
        Objects.requireNonNull(start, "start");
        if (!(upperBlocks > 0 && upperBlocks <= 1)) {
            throw new IllegalArgumentException(
                    "upperBlocks must be above 0 and at most 1, upperBlocks: " + upperBlocks);
        }
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        if (options.learning().lossOn() != LossOn.COMPLETION) {
            throw new IllegalArgumentException("a head learns labels, which are completions, lossOn: "
                    + options.learning().lossOn());
        }
    }

    /**
     * Rank 16 and alpha 32 on all projections of the upper half of the blocks; texts in {@link Wording#ONE_WORD}, a
     * head that begins with {@link HeadStart#LABELS}; a rate of 1e-3, 8 texts a step, three epochs.
     */
    public static LoraHeadTuning defaults() {
        return new LoraHeadTuning(
                AdapterConfig.Lora.defaults().withRank(16).withAlpha(32),
                Wording.ONE_WORD,
                HeadStart.LABELS,
                0.5,
                TrainingOptions.defaults()
                        .withLearningRate(1e-3)
                        .withBatchSize(8)
                        .withEpochs(3),
                event -> {});
    }

    /** Returns this tuning with other settings of the adapter. */
    public LoraHeadTuning withConfig(AdapterConfig.Lora config) {
        return new LoraHeadTuning(config, wording, start, upperBlocks, options, listener);
    }

    /** Returns this tuning with another rank, and twice as large an alpha. */
    public LoraHeadTuning withRank(int rank) {
        return withConfig(config.withRank(rank).withAlpha(2.0 * rank));
    }

    /** Returns this tuning with texts in the chat template, or alone. */
    public LoraHeadTuning withChatTemplate(boolean chatTemplate) {
        return withWording(wording.withChat(chatTemplate));
    }

    /** Returns this tuning with something else around texts. */
    public LoraHeadTuning withWording(Wording wording) {
        return new LoraHeadTuning(config, wording, start, upperBlocks, options, listener);
    }

    /** Returns this tuning with another beginning of the head. */
    public LoraHeadTuning withStart(HeadStart start) {
        return new LoraHeadTuning(config, wording, start, upperBlocks, options, listener);
    }

    /** Returns this tuning with another share of blocks that learn; where fewer do, a step is shorter. */
    public LoraHeadTuning withUpperBlocks(double upperBlocks) {
        return new LoraHeadTuning(config, wording, start, upperBlocks, options, listener);
    }

    @Override
    public LoraHeadTuning withOptions(TrainingOptions options) {
        return new LoraHeadTuning(config, wording, start, upperBlocks, options, listener);
    }

    @Override
    public LoraHeadTuning withListener(Consumer<TrainingEvent> listener) {
        return new LoraHeadTuning(config, wording, start, upperBlocks, options, listener);
    }

    @Override
    public String name() {
        return "lora-head";
    }

    /**
     * {@inheritDoc} Its labels are those that it was trained here with; of other folders those that a
     * {@code config.json} in it or in the model's folder names ({@code id2label}), else {@code LABEL_0} and so on.
     */
    @Override
    public Model open(Model model, Path folder) {
        return open(model, PeftAdapter.read(folder, name()), Optional.empty());
    }

    /**
     * Opens a classifier whose folder does not say what its labels are called, as those of PEFT do not.
     *
     * @param labels the names of the head's rows, in their order
     * @return a model that the caller closes
     * @throws AdapterException if the head has not as many rows, or the folder says otherwise
     */
    public Model open(Model model, Path folder, List<String> labels) {
        return open(model, PeftAdapter.read(folder, name()), Optional.of(labels));
    }

    private static Model open(Model model, PeftAdapter adapter, Optional<List<String>> named) {
        StoredAdapter stored = adapter.stored();
        int rows = ScoreHead.of(adapter.name(), stored).labels();
        ClassifierSettings settings = stored.classifier().orElse(ClassifierSettings.of(List.of()));
        if (settings.labels().isEmpty()) {
            settings = settings.withLabels(named.or(() -> ClassifierSettings.labelsOf(
                                    Training.local(model).checkpoint())
                            .filter(labels -> labels.size() == rows))
                    .orElse(ClassifierSettings.unnamed(rows)));
        } else if (named.isPresent() && !named.get().equals(settings.labels())) {
            throw new AdapterException("adapter '" + adapter.name() + "' has a head for the labels " + settings.labels()
                    + ", the task has " + named.get() + "; train one for this task");
        }
        return ClassifierModel.over(model, adapter, settings);
    }

    /** {@inheritDoc} It answers with one of the task's labels. */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return open(model, train(model, task, progress), Optional.empty());
    }

    /**
     * Adapts from probabilities: the head learns the cross-entropy with them, and what is held back is measured by the
     * examples' outputs.
     */
    @Override
    public Model adapt(Model model, Task task, List<Decision> decisions, Progress progress) {
        return open(model, train(model, TrainingSet.of(task, decisions), progress), Optional.empty());
    }

    @Override
    public PeftAdapter train(Model model, TrainingSet set, Progress progress) {
        return new Training(this, model, set, progress).classifier(this);
    }
}
