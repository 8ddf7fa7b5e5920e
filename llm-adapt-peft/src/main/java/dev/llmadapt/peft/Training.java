package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ExportedFolder;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.ClassifierSettings;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.training.ClassifierTrainable;
import dev.llmadapt.peft.training.LabelLogits;
import dev.llmadapt.peft.training.Trainable;
import dev.llmadapt.peft.training.TrainedTensor;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingRun;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The way of a tuning from a model and a training set to what was trained: lessons, a run, its tensors. */
final class Training {
    private static final String MEASURED = "llm-adapt/measured";

    private final Tuning tuning;
    private final TrainingOptions options;
    private final Model model;
    private final LocalModel local;
    private final TrainingSet set;
    private final Progress progress;

    Training(Tuning tuning, Model model, TrainingSet set, Progress progress) {
        this.tuning = tuning;
        this.options = tuning.options();
        this.model = model;
        this.local = local(model);
        this.set = set;
        this.progress = progress;
        if (set instanceof TrainingSet.OfData && options.validation().select() == TrainingOptions.Select.METRIC) {
            throw new IllegalArgumentException(
                    "only a task has a metric to select by, training data has none; select LOSS");
        }
        if (overChoices() && set.labels().isEmpty()) {
            throw new IllegalArgumentException("a loss over choices is for tasks with labels, "
                    + (set instanceof TrainingSet.OfTask of
                            ? "the task '" + of.task().name() + "'"
                            : ((TrainingSet.OfData) set).data().origin())
                    + " has none; take a loss over the VOCABULARY");
        }
    }

    private boolean overChoices() {
        return options.learning().lossOver() == TrainingOptions.LossOver.CHOICES;
    }

    /** The model at the bottom. */
    static LocalModel local(Model model) {
        return model.unwrap(LocalModel.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "training needs a model that runs in this process, opened by LocalModel.open, got "
                                + model.info().name()));
    }

    /** Opens a model's checkpoint once more; the caller closes it. */
    static Checkpoint open(LocalModel local) {
        if (ExportedFolder.isOne(local.checkpoint())) {
            throw new IllegalArgumentException(
                    "an exported model cannot be trained, only the checkpoint it was made from: " + local.checkpoint());
        }
        return Checkpoint.open(local.checkpoint());
    }

    /** Opens the checkpoint of the model at the bottom once more; the caller closes it. */
    Checkpoint open() {
        return open(local);
    }

    /** The token ids of a text, or of the set's instruction where the text is blank. */
    int[] ids(String text) {
        return local.textTokens(text.isBlank() ? set.instruction() : text);
    }

    /**
     * An adapter that is to learn.
     *
     * @param config its settings
     * @param trainable its parameters
     * @param identity tells what learns, with its settings, from others
     */
    record Untrained(AdapterConfig config, Trainable trainable, String identity) {
        /** Without settings beside the adapter's. */
        Untrained(AdapterConfig config, Trainable trainable) {
            this(config, trainable, config.identity());
        }
    }

    /** Trains an adapter, given how it begins on a base. */
    PeftAdapter adapter(Function<Checkpoint, Untrained> beginning) {
        try (Checkpoint base = open()) {
            Untrained untrained = beginning.apply(base);
            Trainable trainable = untrained.trainable();
            AdapterConfig config = untrained.config();
            StoredAdapter.Base made = StoredAdapter.Base.of(BaseFingerprint.of(base), base.name(), Optional.empty());
            Lessons lessons = lessons(base, trainable);
            ToDoubleFunction<FloatBuffer> score = null;
            if (set instanceof TrainingSet.OfTask of
                    && options.validation().select() == TrainingOptions.Select.METRIC) {
                MetricScore metric = new MetricScore(model, local, of.task(), lessons.heldBack());
                score = parameters -> metric.of(new PeftAdapter(
                        MEASURED, new StoredAdapter(config, made, tensors(trainable, parameters), Optional.empty())));
            }
            FloatBuffer parameters = run(base, trainable, untrained.identity(), lessons, score);
            return new PeftAdapter(
                    tuning.name(),
                    new StoredAdapter(config, made, tensors(trainable, parameters), Optional.of(provenance(lessons))));
        }
    }

    /**
     * Trains a classifier: an adapter with a head that scores labels.
     *
     * @param head how it is trained
     */
    PeftAdapter classifier(LoraHeadTuning head) {
        if (overChoices()) {
            throw new IllegalArgumentException(
                    "a head scores nothing but labels as it is, lossOver must be VOCABULARY, lossOver: CHOICES");
        }
        List<String> labels = LabelTexts.of(set);
        int maxLength = options.learning().maxLength();
        ClassifierSettings settings = new ClassifierSettings(labels, 1, false, head.wording(), maxLength);
        AdapterConfig.Lora config;
        Trainable trainable;
        Lessons lessons;
        StoredAdapter.Base made;
        FloatBuffer parameters;
        try (Checkpoint base = open()) {
            config = UpperBlocks.of(head.config(), base, head.upperBlocks());
            made = StoredAdapter.Base.of(BaseFingerprint.of(base), base.name(), Optional.empty());
            LabelTexts texts = new LabelTexts(model, local, labels, head.wording(), maxLength, base);
            lessons = Lessons.of(set, texts, options);
            trainable = new ClassifierTrainable(
                    config,
                    base,
                    labels.size(),
                    head.start() == HeadStart.RANDOM ? null : target -> target.put(HeadStart.rows(local, base, labels)),
                    null,
                    options.learning().seed());
            String identity = config.identity() + ", labels=" + labels + ", head=" + head.start();
            parameters = run(base, trainable, identity, lessons, null);
        }
        if (!lessons.validation().isEmpty()) { // the run has released the base
            try (Checkpoint base = open()) {
                LabelLogits held = TrainingRun.logits(corpus(base, lessons), trainable, options, parameters);
                settings = settings.withTemperature(held.temperature());
            }
        }
        return new PeftAdapter(
                tuning.name(),
                new StoredAdapter(
                        config,
                        made,
                        tensors(trainable, parameters),
                        Optional.of(provenance(lessons)),
                        Optional.of(settings)));
    }

    /** The texts that a model learns on a base, given what stands before them. */
    Lessons lessons(Checkpoint base, Trainable trainable) {
        int virtual = trainable.virtualTokens() + trainable.prefixTokens();
        return Lessons.of(set, new ExampleTexts(model, local, options, set.labels(), base, virtual), options);
    }

    /** How this training is made, as JSON. */
    String provenance(Lessons lessons) {
        return Provenance.json(tuning.name(), options, lessons);
    }

    /**
     * Trains and returns the parameters that were best.
     *
     * @param identity tells what learns, with its settings, from others
     * @param score of parameters on the validation examples, or null for their loss alone
     */
    FloatBuffer run(
            Checkpoint base,
            Trainable trainable,
            String identity,
            Lessons lessons,
            @Nullable ToDoubleFunction<FloatBuffer> score) {
        return TrainingRun.run(
                corpus(base, lessons), trainable, options, Provenance.key(identity, options, lessons), score, event -> {
                    progress.report("train", event.step(), event.steps());
                    tuning.listener().accept(event);
                });
    }

    private TrainingRun.Corpus corpus(Checkpoint base, Lessons lessons) {
        return new TrainingRun.Corpus(
                base,
                local.info().contextLength(),
                local.options().device(),
                lessons.texts(),
                lessons.names(),
                lessons.validation());
    }

    /** The tensors that are stored of parameters, by name. */
    static Map<String, WeightTensor> tensors(Trainable trainable, FloatBuffer parameters) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (TrainedTensor tensor : TrainedTensor.of(trainable, parameters)) {
            ByteBuffer data =
                    ByteBuffer.allocate(tensor.data().remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            data.asFloatBuffer().put(tensor.data());
            List<Long> shape = Arrays.stream(tensor.shape().sizes()).boxed().toList();
            tensors.put(tensor.name(), new WeightTensor(tensor.name(), WeightEncoding.F32, shape, data, 0));
        }
        return tensors;
    }
}
