package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Decision;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import java.nio.file.Path;
import java.util.List;

/** The learning of a layer that can write what it learned into a folder, and open it from there. */
interface Learning {
    /** The name of the layer. */
    String name();

    /** Learns, and answers with what was learned, which is not kept. */
    Model adapt(Model model, Task task, Progress progress);

    /**
     * Learns, and writes what was learned.
     *
     * @param target a folder that is empty
     * @param snapshots a folder of its own, which may not exist, for what lets a learning that is stopped go on from
     *     there; it is deleted when all is learned
     */
    void learn(Model model, Task task, Path target, Path snapshots, Progress progress);

    /** Whether it can learn probabilities over labels in place of the examples' labels. */
    default boolean learnsProbabilities() {
        return false;
    }

    /**
     * This learning from probabilities.
     *
     * @param decisions the probabilities of the task's labels for each example, in their order; none to learn the
     *     labels
     */
    default Learning from(List<Decision> decisions) {
        if (!decisions.isEmpty()) {
            throw new IllegalStateException("'" + name() + "' learns labels, not probabilities");
        }
        return this;
    }

    /** Opens what {@link #learn} wrote. */
    Model open(Model model, Path folder);
}
