package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import java.util.List;

/**
 * A task with examples to learn from and others to measure on.
 *
 * @param task what to do, with the examples to learn from
 * @param test examples no strategy may learn from; their texts do not occur in the task
 * @param notes what a person should know about how the files were read, one sentence each
 * @param probes what stability and freshness are measured with
 */
public record TaskSplit(Task task, List<Example> test, List<String> notes, Probes probes) {
    /** Copies. */
    public TaskSplit {
        test = List.copyOf(test);
        notes = List.copyOf(notes);
    }

    /** Without probes. */
    public TaskSplit(Task task, List<Example> test, List<String> notes) {
        this(task, test, notes, Probes.none());
    }

    /** The same with other probes. */
    public TaskSplit withProbes(Probes probes) {
        return new TaskSplit(task, test, notes, probes);
    }

    /** The same with another task. */
    public TaskSplit withTask(Task task) {
        return new TaskSplit(task, test, notes, probes);
    }
}
