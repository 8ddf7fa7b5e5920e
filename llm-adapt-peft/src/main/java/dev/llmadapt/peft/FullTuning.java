package dev.llmadapt.peft;

import dev.llmadapt.DataType;
import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.merge.Merging;
import dev.llmadapt.peft.training.FullTrainable;
import dev.llmadapt.peft.training.Trainable;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Full fine-tuning: all weights of a small model learn. Takes about 20 bytes of memory a parameter, and the result is a
 * model of its own. Needs a {@link LocalModel} at the bottom.
 *
 * @param options how it is trained; {@link TrainingOptions.Select#METRIC} is for adapters only
 * @param listener hears of each step, on the thread that trains
 */
public record FullTuning(TrainingOptions options, Consumer<TrainingEvent> listener) implements Tuning {
    /** Refuses to select by a metric. */
    public FullTuning {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        if (options.validation().select() == TrainingOptions.Select.METRIC) {
            throw new IllegalArgumentException("full fine-tuning chooses the best by LOSS, select: METRIC");
        }
    }

    /** A learning rate of 3e-5. */
    public static FullTuning defaults() {
        return new FullTuning(TrainingOptions.defaults().withLearningRate(3e-5), event -> {});
    }

    @Override
    public FullTuning withOptions(TrainingOptions options) {
        return new FullTuning(options, listener);
    }

    @Override
    public FullTuning withListener(Consumer<TrainingEvent> listener) {
        return new FullTuning(options, listener);
    }

    @Override
    public String name() {
        return "full-tuning";
    }

    /** {@inheritDoc} The model is written in 32-bit floats. */
    @Override
    public void train(Model model, TrainingSet set, Path target, Progress progress) {
        Training training = new Training(this, model, set, progress);
        try (Checkpoint base = training.open()) {
            Trainable trainable = new FullTrainable(base);
            Lessons lessons = training.lessons(base, trainable);
            FloatBuffer parameters = training.run(base, trainable, name(), lessons, null);
            Merging.writeLearned(
                    base,
                    Training.tensors(trainable, parameters),
                    target,
                    MergeOptions.defaults().withType(DataType.F32),
                    progress);
            String template = Training.local(model).options().chatTemplate();
            try {
                Files.writeString(
                        target.resolve(PeftFolder.PROVENANCE),
                        "{\"training\": " + training.provenance(lessons) + "}\n");
                if (!template.isEmpty()) { // what the model has learned from, and must be asked by
                    Files.writeString(target.resolve(TokenizerFiles.CHAT_TEMPLATE), template);
                }
            } catch (IOException e) {
                throw new TrainingException("cannot write into " + target + ": " + e.getMessage(), e);
            }
        }
    }

    /** {@inheritDoc} The trained model lies in a temporary folder until it is closed. */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        TrainingSet set = TrainingSet.of(task);
        try {
            Path folder = Files.createTempDirectory("llm-adapt-full-tuning");
            try {
                train(model, set, folder, progress);
                return open(model, folder, () -> delete(folder));
            } catch (RuntimeException | Error e) {
                delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new TrainingException(
                    "cannot make a temporary folder: " + e + "; name one that can be written in the system property"
                            + " java.io.tmpdir",
                    e);
        }
    }

    /**
     * {@inheritDoc} The trained model has the device, threads, batch and context of the one it was trained from.
     * Weights are multiplied as they are stored, since a model that was trained in full is not rounded again.
     */
    @Override
    public Model open(Model model, Path folder) {
        return open(model, folder, () -> {});
    }

    private static Model open(Model model, Path folder, Runnable afterClose) {
        ModelOptions options = options(Training.local(model).options());
        return new FullyTuned(model, LocalModel.open(folder, options), afterClose);
    }

    /** The options to open a trained model with, given those of the model it was trained from. */
    static ModelOptions options(ModelOptions base) {
        return base.withPrecision(Precision.AS_STORED);
    }

    private static void delete(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
