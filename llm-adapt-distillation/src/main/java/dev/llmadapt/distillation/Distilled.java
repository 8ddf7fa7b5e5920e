package dev.llmadapt.distillation;

import dev.llmadapt.Decision;
import dev.llmadapt.Task;
import java.util.List;
import java.util.Objects;

/**
 * A task with the teacher's answers as examples.
 *
 * @param task the task to learn: its own examples first, unless they were left out, then those of the teacher, in the
 *     order of the inputs
 * @param decisions the probabilities of the task's labels for each example, in their order; empty unless the options
 *     ask for them
 * @param report what was asked, kept and dropped, and what it cost
 */
public record Distilled(Task task, List<Decision> decisions, DistillationReport report) {
    /** Refuses null, and copies the decisions. */
    public Distilled {
        Objects.requireNonNull(task, "task must not be null");
        decisions = List.copyOf(Objects.requireNonNull(decisions, "decisions must not be null"));
        Objects.requireNonNull(report, "report must not be null");
    }
}
