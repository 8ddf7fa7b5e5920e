package dev.llmadapt.pilot.strategy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A strategy that trains, and may keep what it trained in a folder: it is written beside it and moved there when whole,
 * so a folder that is there holds a whole adapter or model, and nothing is trained again. What was trained half way,
 * before the process ended, goes on where it was.
 */
final class TrainedLayer implements Strategy {
    /** Fewer steps teach nothing, whatever the examples: batches of few examples are smaller. */
    private static final int MIN_STEPS = 40;

    private static final int CHECKPOINTS = 40;

    private final Tuning tuning;
    private final Optional<Path> folder;

    private TrainedLayer(Tuning tuning, Optional<Path> folder) {
        this.tuning = tuning;
        this.folder = folder;
    }

    /** A tuning that keeps nothing. */
    static TrainedLayer of(Tuning tuning) {
        return new TrainedLayer(tuning, Optional.empty());
    }

    /** This layer, keeping what it trains in a folder. */
    TrainedLayer kept(Path kept) {
        return new TrainedLayer(tuning, Optional.of(kept));
    }

    private Tuning fitted(Task task) {
        TrainingOptions options = tuning.options();
        int batch = options.learning().batchSize();
        int passes =
                Math.multiplyExact(task.examples().size(), options.learning().epochs());
        int fitting = Math.max(Math.min(2, batch), Math.min(batch, passes / MIN_STEPS));
        return tuning.withOptions(options.withBatchSize(fitting));
    }

    @Override
    public String name() {
        return tuning.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (folder.isEmpty()) {
            return fitted(task).adapt(model, task, progress);
        }
        Path kept = folder.get();
        if (!Files.isDirectory(kept)) {
            train(model, task, kept, progress);
        }
        return tuning.open(model, kept);
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
        Tuning fitted = fitted(task);
        Tuning resumable =
                fitted.withOptions(fitted.options().withOutputDir(running).withCheckpoints(CHECKPOINTS));
        try {
            FolderTree.delete(beside);
            Files.createDirectories(beside);
            resumable.train(model, task, beside, telling);
            Files.move(beside, kept);
            FolderTree.delete(running);
        } catch (IOException e) {
            throw new LlmAdaptException("what was trained cannot be kept in " + kept + ": " + e.getMessage(), e);
        }
    }
}
