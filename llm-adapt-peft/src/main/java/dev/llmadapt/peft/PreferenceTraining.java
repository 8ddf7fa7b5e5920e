package dev.llmadapt.peft;

import com.google.gson.JsonObject;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.data.PreferenceData;
import dev.llmadapt.peft.folder.StoredAdapter;
import dev.llmadapt.peft.training.LoraTrainable;
import dev.llmadapt.peft.training.Optimizer;
import dev.llmadapt.peft.training.PreferenceLoss;
import dev.llmadapt.peft.training.Preferences;
import dev.llmadapt.peft.training.Trainable;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.Schedule;
import dev.llmadapt.peft.training.TrainingRun;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** The way from preferences to an adapter: texts, a run, its tensors. */
final class PreferenceTraining {
    private static final PreferenceItems NONE = new PreferenceItems(List.of(), List.of(), 0);

    private final PreferenceTuning tuning;
    private final TrainingOptions options;
    private final Model model;
    private final LocalModel local;
    private final PreferenceData data;
    private final Progress progress;

    PreferenceTraining(PreferenceTuning tuning, Model model, PreferenceData given, Progress progress) {
        this.tuning = tuning;
        this.options = tuning.options();
        this.model = model;
        this.local = Training.local(model);
        this.progress = progress;
        if (given.examples().isEmpty()) {
            throw new IllegalArgumentException("training needs preferences, " + given.origin() + " has none");
        }
        if (tuning.loss() instanceof PreferenceLoss.Kto) {
            this.data = given.unpaired();
        } else if (given.isPaired()) {
            this.data = given;
        } else {
            throw new IllegalArgumentException("the loss " + tuning.name() + " compares two answers, " + given.origin()
                    + " has answers with a label; take PreferenceLoss.kto() for these");
        }
    }

    /** See {@link PreferenceTuning#dpo()}. */
    static TrainingOptions defaults() {
        return TrainingOptions.defaults()
                .withBatchSize(8)
                .withMicroBatchSize(8)
                .withLearningRate(1e-5)
                .withSchedule(Schedule.LINEAR)
                .withWarmUp(0.1)
                .withOptimizer(new Optimizer.AdamW(0.9, 0.999, 1e-8, 0));
    }

    PeftAdapter adapter() {
        try (Checkpoint base = Training.open(local)) {
            BaseFingerprint fingerprint = BaseFingerprint.of(base);
            tuning.start().ifPresent(adapter -> adapter.requireMadeFor(fingerprint));
            StoredAdapter begun = tuning.start().map(PeftAdapter::stored).orElse(null);
            Trainable trainable = new LoraTrainable(
                    tuning.config(), base, begun, options.learning().seed());
            ExampleTexts texts = new ExampleTexts(model, local, options, List.of(), base, 0);
            PreferenceItems learned;
            PreferenceItems measured = NONE;
            if (options.validation().share() == 0) {
                learned = PreferenceItems.of(data, tuning.loss(), texts);
            } else {
                PreferenceData.Split split = split();
                learned = PreferenceItems.of(split.train(), tuning.loss(), texts);
                measured = PreferenceItems.of(split.heldOut(), tuning.loss(), texts);
            }
            String sha256 = PreferenceItems.sha256(learned, measured);
            FloatBuffer parameters = TrainingRun.run(
                    new TrainingRun.Corpus(
                            base,
                            local.info().contextLength(),
                            local.options().device(),
                            new Preferences(tuning.loss(), learned.items(), List.of()),
                            learned.names(),
                            new Preferences(tuning.loss(), measured.items(), List.of()),
                            progress),
                    trainable,
                    options,
                    Provenance.key(identity(trainable), options, sha256),
                    null,
                    event -> {
                        progress.report("train", event.step(), event.steps());
                        tuning.listener().accept(event);
                    });
            Provenance.Data from = new Provenance.Data(
                    learned.items().size(), measured.items().size(), learned.leftOut() + measured.leftOut(), sha256);
            JsonObject provenance = Provenance.json(tuning.name(), options, from);
            provenance.addProperty("loss", tuning.loss().identity());
            return new PeftAdapter(
                    tuning.name(),
                    new StoredAdapter(
                            tuning.config(),
                            StoredAdapter.Base.of(fingerprint, base.name(), Optional.empty()),
                            Training.tensors(trainable, parameters),
                            Optional.of(provenance.toString())));
        }
    }

    private PreferenceData.Split split() {
        try {
            return data.split(options.validation().share(), options.learning().seed());
        } catch (IllegalArgumentException e) {
            throw new TrainingException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What learns, from which numbers on, by which loss. */
    private String identity(Trainable trainable) {
        int size = trainable.parameters().size();
        ByteBuffer start = ByteBuffer.allocate(Math.multiplyExact(size, Float.BYTES));
        trainable.parameters().start(start.asFloatBuffer());
        MessageDigest digest = Sha256.newDigest();
        digest.update(start);
        return tuning.config().identity() + tuning.loss().identity() + Sha256.hex(digest);
    }
}
