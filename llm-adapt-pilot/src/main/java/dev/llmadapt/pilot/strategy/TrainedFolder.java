package dev.llmadapt.pilot.strategy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.peft.data.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of an adapter or a model that a strategy trained. It is there when training is done; until then the
 * training run keeps its snapshots in a folder beside it.
 *
 * @param path where it is
 */
public record TrainedFolder(Path path) {
    /** The file in it of what a teacher was asked, where there was one. */
    static final String TEACHER_REPORT = "distillation.json";

    private static final String SPENT = "spent.nanos";

    /**
     * The folder of a strategy that learned from so many examples, in the folder of a pilot's run.
     *
     * @param run the run's folder
     * @param strategy the strategy's name
     * @param train the number of examples
     */
    public static TrainedFolder in(Path run, String strategy, int train) {
        String hash = new ContentHash().add(strategy).hex().substring(0, 8);
        return new TrainedFolder(
                run.resolve("trained-" + strategy.replaceAll("[^A-Za-z0-9]+", "-") + "-" + hash + "-" + train));
    }

    /** The folder of a training run that is not done. */
    Path running() {
        return path.resolveSibling(path.getFileName() + ".run");
    }

    /** Nanoseconds that training took in processes that ended before it was done. */
    public long spentNanos() {
        try {
            Path file = running().resolve(SPENT);
            return Files.exists(file) ? Long.parseLong(Files.readString(file)) : 0;
        } catch (IOException | NumberFormatException e) {
            return 0; // a process that died while it wrote; only a time is lost
        }
    }

    /** Notes how long training took so far. */
    void noteSpent(long nanos) {
        Path file = running().resolve(SPENT);
        try {
            if (Files.isDirectory(running())) {
                Files.writeString(file, Long.toString(nanos));
            }
        } catch (IOException e) {
            throw new LlmAdaptException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The account of what a teacher was asked, where there was one. */
    public Optional<DistillationReport> teacher() {
        Path file = path.resolve(TEACHER_REPORT);
        try {
            return Files.exists(file) ? Optional.of(DistillationReport.read(Files.readString(file))) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw new LlmAdaptException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The size of what was trained; 0 if nothing was. */
    public long bytes() {
        if (!Files.isDirectory(path)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(path)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new LlmAdaptException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }
}
