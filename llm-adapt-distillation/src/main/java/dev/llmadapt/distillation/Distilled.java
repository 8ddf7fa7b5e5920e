package dev.llmadapt.distillation;

import dev.llmadapt.Task;
import java.util.Objects;

/**
 * A task with the teacher's answers as examples.
 *
 * @param task the task to learn: its own examples first, unless they were left out, then those of the teacher, in the
 *     order of the inputs
 * @param report what was asked, kept and dropped, and what it cost
 */
public record Distilled(Task task, DistillationReport report) {
    /** Refuses null. */
    public Distilled {
        Objects.requireNonNull(task, "task must not be null");
        Objects.requireNonNull(report, "report must not be null");
    }
}
