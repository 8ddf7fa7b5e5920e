package dev.llmadapt.peft;

import dev.llmadapt.DataType;
import dev.llmadapt.Model;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.merge.MergeOptions;
import dev.llmadapt.peft.merge.Merging;
import dev.llmadapt.peft.training.FullLearner;
import dev.llmadapt.peft.training.Learner;
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
public record FullTuning(TrainingOptions options, Consumer<TrainingEvent> listener) implements Strategy {
    /** Checks the components. */
    public FullTuning {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        if (options.select() == TrainingOptions.Select.METRIC) {
            throw new IllegalArgumentException("full fine-tuning chooses the best by LOSS, select: METRIC");
        }
    }

    /** A learning rate of 3e-5. */
    public static FullTuning defaults() {
        return new FullTuning(TrainingOptions.defaults().withLearningRate(3e-5), event -> {});
    }

    /** The same, trained in another way. */
    public FullTuning withOptions(TrainingOptions options) {
        return new FullTuning(options, listener);
    }

    /** The same with another listener. */
    public FullTuning withListener(Consumer<TrainingEvent> listener) {
        return new FullTuning(options, listener);
    }

    @Override
    public String name() {
        return "full-tuning";
    }

    /**
     * Trains a model and writes it as a Hugging Face folder, in 32-bit floats, with the settings and the SHA-256 of the
     * data beside it in {@code llm_adapt.json}.
     *
     * @param target must not exist or be empty
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, or the task has no examples
     */
    public void train(Model model, Task task, Path target, Progress progress) {
        train(new Tuning(model, task, options, progress, listener), target, progress);
    }

    /**
     * The same on conversations as they are; {@link TrainingOptions#learn()} says which answers count. A validation share is
     * held back so that near-duplicates of a prompt stay on one side.
     *
     * @param target must not exist or be empty
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, there are no examples, or a metric is to select
     */
    public void train(Model model, TrainingData data, Path target, Progress progress) {
        train(new Tuning(model, data, options, progress, listener), target, progress);
    }

    private void train(Tuning tuning, Path target, Progress progress) {
        try (Checkpoint base = tuning.open()) {
            Learner learner = new FullLearner(base);
            FloatBuffer numbers = tuning.train(base, learner, name(), null);
            Merging.writeLearned(
                    base,
                    Tuning.tensors(learner, numbers),
                    target,
                    MergeOptions.defaults().withType(DataType.F32),
                    progress);
            try {
                Files.writeString(
                        target.resolve(PeftFolder.PROVENANCE), "{\"training\": " + tuning.record(name()) + "}\n");
                String template = tuning.local().options().chatTemplate();
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
        Tuning tuning = new Tuning(model, task, options, progress, listener);
        try {
            Path folder = Files.createTempDirectory("llm-adapt-full-tuning");
            try {
                train(model, task, folder, progress);
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
     * Opens what {@link #train(Model, Task, Path, Progress)} wrote, in the place of the model it was trained from: with that
     * model's device, threads, batch and context, and behind its layers, whose prompts it has learned. Weights are
     * multiplied as they are stored, since a model that was trained in full is not rounded again.
     *
     * @param model the model it was trained from; stays open, and is not closed with the model returned
     * @param folder must stay unchanged while the model is open
     * @return a model that the caller closes
     * @throws IllegalArgumentException if the model is not local
     */
    public static Model open(Model model, Path folder) {
        return open(model, folder, () -> {});
    }

    private static Model open(Model model, Path folder, Runnable afterClose) {
        ModelOptions options = options(Tuning.local(model).options());
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
