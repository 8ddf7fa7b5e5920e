package dev.llmadapt.peft;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.TokenListener;
import dev.llmadapt.peft.adapter.Merging;
import dev.llmadapt.peft.adapter.PeftFolder;
import dev.llmadapt.peft.checkpoint.Checkpoint;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import dev.llmadapt.peft.training.FullLearner;
import dev.llmadapt.peft.training.Learner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
                    MergeOptions.defaults().withType(WeightType.F32),
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
                ModelOptions opened = tuning.local().options().withPrecision(Precision.AS_STORED);
                return new Trained(model, LocalModel.open(folder, opened), folder);
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

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }

    /** What the layers inside make of a request, answered by the trained model. */
    private static final class Trained extends ModelLayer {
        private final LocalModel trained;
        private final Path folder;

        Trained(Model untrained, LocalModel trained, Path folder) {
            super(untrained);
            this.trained = trained;
            this.folder = folder;
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            requireOpen();
            return trained.stream(base().prepare(request), listener);
        }

        @Override
        public List<Generation> generate(List<Request> requests) {
            requireOpen();
            return trained.generate(requests.stream().map(base()::prepare).toList());
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            requireOpen();
            return trained.score(base().prepare(prompt), continuations);
        }

        @Override
        public ModelInfo info() {
            requireOpen();
            return trained.info();
        }

        @Override
        protected void release() {
            trained.close();
            delete(folder);
        }
    }
}
