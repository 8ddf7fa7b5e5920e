package dev.llmadapt.pilot.strategy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.FullTuning;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A strategy that trains, and may keep what it trained in a folder: it is written beside it and moved there when whole, so
 * a folder that is there holds a whole adapter or model, and nothing is trained again. What was trained half way, before
 * the process ended, goes on where it was.
 */
final class TrainedLayer implements Strategy {
    private static final AtomicLong COUNT = new AtomicLong();
    /** Fewer steps teach nothing, whatever the examples: batches of few examples are smaller. */
    private static final int STEPS = 40;

    private static final int SNAPSHOTS = 40;

    private final TrainingOptions options;
    private final Function<TrainingOptions, Tuner> tuners;
    private final Optional<Path> folder;

    private TrainedLayer(TrainingOptions options, Function<TrainingOptions, Tuner> tuners, Optional<Path> folder) {
        this.options = options;
        this.tuners = tuners;
        this.folder = folder;
    }

    /**
     * A tuning with its options.
     *
     * @param wholeModel whether it writes a model, not an adapter
     */
    private record Tuner(Strategy strategy, Writer writer, boolean wholeModel) {}

    @FunctionalInterface
    private interface Writer {
        void write(Model model, Task task, Path folder, Progress progress);
    }

    /** Trains an adapter. */
    @FunctionalInterface
    interface Trainer<S> {
        PeftAdapter train(S tuning, Model model, Task task, Progress progress);
    }

    static <S extends Strategy> TrainedLayer adapter(
            TrainingOptions options, Function<TrainingOptions, S> tunings, Trainer<S> trainer) {
        return new TrainedLayer(
                options,
                fitted -> {
                    S tuning = tunings.apply(fitted);
                    return new Tuner(
                            tuning,
                            (model, task, folder, progress) ->
                                    trainer.train(tuning, model, task, progress).write(folder),
                            false);
                },
                Optional.empty());
    }

    static TrainedLayer model(FullTuning tuning, TrainingOptions options) {
        return new TrainedLayer(
                options,
                fitted -> {
                    FullTuning full = tuning.withOptions(fitted);
                    return new Tuner(full, full::train, true);
                },
                Optional.empty());
    }

    /** Returns this layer, keeping what it trains. */
    TrainedLayer kept(Path kept) {
        return new TrainedLayer(options, tuners, Optional.of(kept));
    }

    private TrainingOptions fitted(Task task) {
        int passes = Math.multiplyExact(task.examples().size(), options.epochs());
        return options.withBatchSize(
                Math.max(Math.min(2, options.batchSize()), Math.min(options.batchSize(), passes / STEPS)));
    }

    @Override
    public String name() {
        return tuners.apply(options).strategy().name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (folder.isEmpty()) {
            return tuners.apply(fitted(task)).strategy().adapt(model, task, progress);
        }
        Path kept = folder.get();
        if (!Files.isDirectory(kept)) {
            train(model, task, kept, progress);
        }
        return tuners.apply(options).wholeModel() ? FullTuning.open(model, kept) : with(model, kept);
    }

    private void train(Model model, Task task, Path kept, Progress progress) {
        Path beside = kept.resolveSibling(kept.getFileName() + ".part");
        TrainedFolder trained = new TrainedFolder(kept);
        Path running = trained.running();
        long before = trained.spentNanos();
        long start = System.nanoTime();
        Progress telling = (stage, done, total) -> {
            trained.noteSpent(before + System.nanoTime() - start);
            progress.report(stage, done, total);
        };
        TrainingOptions resumable = fitted(task).withFolder(running).withSnapshots(SNAPSHOTS);
        try {
            FolderTree.delete(beside);
            Files.createDirectories(beside);
            tuners.apply(resumable).writer().write(model, task, beside, telling);
            Files.move(beside, kept);
            FolderTree.delete(running);
        } catch (IOException e) {
            throw new LlmAdaptException("what was trained cannot be kept in " + kept + ": " + e.getMessage(), e);
        }
    }

    private static Model with(Model model, Path kept) {
        LocalModel local = model.unwrap(LocalModel.class)
                .orElseThrow(() -> new IllegalArgumentException("what was trained needs a model in this process, got "
                        + model.info().name()));
        PeftAdapter adapter = PeftAdapter.read(kept, "pilot-" + COUNT.incrementAndGet());
        local.loadAdapter(adapter);
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                List<AdapterUse> all = new ArrayList<>(request.adapters());
                all.add(AdapterUse.of(adapter.name()));
                return request.withAdapters(all);
            }

            @Override
            protected void release() {
                local.unloadAdapter(adapter.name());
            }
        };
    }
}
