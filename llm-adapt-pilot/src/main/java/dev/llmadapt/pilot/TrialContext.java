package dev.llmadapt.pilot;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.ModelPool;
import dev.llmadapt.pilot.strategy.TrainedFolder;
import dev.llmadapt.pilot.task.Stratified;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Adapts and asks, by the journal: what it holds is not done again, and a model is adapted only when something is
 * missing. What the catalog adapts without training is a thin layer over the one base model: it stays open between the
 * rungs, one of each candidate at most, until {@link #release}. What was trained is loaded again, so that no adapter
 * slows down the others, and so is a strategy of someone else's, of which nobody knows what it holds.
 */
final class TrialContext implements AutoCloseable {
    final Model model;
    private final Task task;
    final Journal journal;
    private final Path folder;
    final Progress progress;
    final LongSupplier clock;
    private final long seed;
    private final Set<String> adapted = new HashSet<>();
    final Map<String, Trial.AdaptedModel> untrained = new LinkedHashMap<>();

    TrialContext(
            Model model, Task task, Journal journal, Path folder, Progress progress, LongSupplier clock, long seed) {
        this.model = model;
        this.task = task;
        this.journal = journal;
        this.folder = folder;
        this.progress = progress;
        this.clock = clock;
        this.seed = seed;
    }

    /** Remembers that a candidate was adapted, and may have left something in this process. */
    void adapted(Candidate candidate) {
        adapted.add(candidate.name());
    }

    /** Whether this process holds nothing but what a candidate needs that uses no language model. */
    boolean isAlone(Candidate candidate) {
        return ModelPool.opensWhenAsked(model) && Set.of(candidate.name()).containsAll(adapted);
    }

    /** Whether a candidate is answered by a model outside of this process; opens the model. */
    boolean isElsewhere(Candidate candidate) {
        return candidate.ownModel().orElse(model).unwrap(LocalModel.class).isEmpty();
    }

    long now() {
        return clock.getAsLong();
    }

    Journal journal() {
        return journal;
    }

    /** A trial of a candidate that learns from some of the examples. */
    Trial trial(Candidate candidate, int train, String label) {
        return new Trial(this, candidate, candidate.name(), train, limited(train), "", label);
    }

    /** A trial on another task with what was trained for this one. */
    Trial trial(Candidate candidate, int train, Task other, String variant) {
        return new Trial(this, candidate, candidate.name(), train, other, variant, variant + ": " + candidate.name());
    }

    /** A trial of what a search compares: it learns from the examples of a task, and is asked others. */
    Trial search(Candidate candidate, Task learned, String label) {
        return new Trial(this, candidate, candidate.name(), learned.examples().size(), learned, "search", label);
    }

    long seed() {
        return seed;
    }

    /** A trial with another seed; whatever trains, trains anew. */
    Trial reseeded(Candidate candidate, int train) {
        Candidate other = candidate.withSeed(seed + 1);
        return new Trial(
                this,
                other,
                candidate.name() + " seed+1",
                train,
                limited(train),
                "seed",
                "another seed: " + candidate.name());
    }

    Task limited(int train) {
        return task.withExamples(Stratified.sample(task.examples(), Math.max(train, 1), seed));
    }

    /** Closes what a candidate adapted, because it will not be asked again. */
    void release(Candidate candidate) {
        Trial.AdaptedModel open = untrained.remove(candidate.name());
        if (open != null) {
            open.model.close();
        }
    }

    /** Closes every model, whatever becomes of the others. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (Trial.AdaptedModel open : untrained.values()) {
            try {
                open.model.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        untrained.clear();
        if (first != null) {
            throw first;
        }
    }

    /** The folder of what a strategy of this name trained. */
    TrainedFolder kept(String name, int train) {
        return TrainedFolder.in(folder, name, train);
    }
}
