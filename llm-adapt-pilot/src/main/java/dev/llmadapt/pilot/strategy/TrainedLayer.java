package dev.llmadapt.pilot.strategy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.files.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A layer that trains, and may keep what it trained in a folder: it is written beside it and moved there when whole, so
 * a folder that is there holds a whole adapter, model or head, and nothing is trained again. What was trained half way,
 * before the process ended, goes on where it was, if the learning takes snapshots.
 */
final class TrainedLayer implements Strategy {
    private final Learning learning;
    private final Optional<Path> folder;

    private TrainedLayer(Learning learning, Optional<Path> folder) {
        this.learning = learning;
        this.folder = folder;
    }

    /** A layer that keeps nothing. */
    static TrainedLayer of(Learning learning) {
        return new TrainedLayer(learning, Optional.empty());
    }

    /** This layer, keeping what it trains in a folder. */
    TrainedLayer kept(Path kept) {
        return new TrainedLayer(learning, Optional.of(kept));
    }

    /** This layer with another learning. */
    TrainedLayer learningBy(UnaryOperator<Learning> change) {
        return new TrainedLayer(change.apply(learning), folder);
    }

    @Override
    public String name() {
        return learning.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (folder.isEmpty()) {
            return learning.adapt(model, task, progress);
        }
        Path kept = folder.get();
        if (!Files.isDirectory(kept)) {
            train(model, task, kept, progress);
        }
        return learning.open(model, kept);
    }

    private void train(Model model, Task task, Path kept, Progress progress) {
        Path beside = kept.resolveSibling(kept.getFileName() + ".part");
        TrainedFolder trained = new TrainedFolder(kept);
        long before = trained.spentNanos();
        long start = System.nanoTime();
        Progress telling = (stage, done, total) -> {
            trained.noteSpent(before + System.nanoTime() - start);
            progress.report(stage, done, total);
        };
        try {
            FolderTree.delete(beside);
            Files.createDirectories(beside);
            learning.learn(model, task, beside, trained.running(), telling);
            Files.move(beside, kept);
            FolderTree.delete(trained.running());
        } catch (IOException e) {
            throw new LlmAdaptException("what was trained cannot be kept in " + kept + ": " + e.getMessage(), e);
        }
    }
}
