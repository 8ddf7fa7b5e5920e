package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import java.nio.file.Path;

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

    /** Opens what {@link #learn} wrote. */
    Model open(Model model, Path folder);
}
