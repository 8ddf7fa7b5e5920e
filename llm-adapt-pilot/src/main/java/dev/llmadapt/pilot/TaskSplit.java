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
 */
public record TaskSplit(Task task, List<Example> test, List<String> notes) {
    /** Copies. */
    public TaskSplit {
        test = List.copyOf(test);
        notes = List.copyOf(notes);
    }
}
