package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import java.util.List;
import java.util.Map;

/**
 * A task with examples to learn from and others to measure on.
 *
 * @param task what to do, with the examples to learn from
 * @param test examples no strategy may learn from; their texts do not occur in the task
 * @param notes what a person should know about how the files were read, one sentence each
 * @param probes what stability and freshness are measured with
 * @param unlabelled texts without labels, which a strategy with a teacher learns from; may be empty
 * @param fileLabels what labels are in the file they are from, where a model is shown another wording that nobody asked
 *     for: {@code card_arrival} for {@code card arrival}
 */
public record TaskSplit(
        Task task,
        List<Example> test,
        List<String> notes,
        RobustnessProbes probes,
        List<String> unlabelled,
        Map<String, String> fileLabels) {
    /** Copies the lists and the map. */
    public TaskSplit {
        test = List.copyOf(test);
        notes = List.copyOf(notes);
        unlabelled = List.copyOf(unlabelled);
        fileLabels = Map.copyOf(fileLabels);
    }

    /**
     * Splits a task's examples, so that some are kept aside to measure on: of each label about the given share, of
     * other answers so many of all; a text that occurs twice stays on one side.
     *
     * @param testShare the share to measure on, in (0, 1)
     * @param seed which
     * @throws IllegalArgumentException if nothing would be left on one of the sides
     */
    public static TaskSplit of(Task task, double testShare, long seed) {
        List<Example> all = task.examples();
        List<Example> test = task.labels().isEmpty()
                ? Stratified.sample(all, Math.max(1, (int) Math.round(testShare * all.size())), seed)
                : Stratified.split(all, testShare, seed).test();
        List<Example> train = Stratified.without(all, test);
        if (train.isEmpty() || test.isEmpty()) {
            throw new IllegalArgumentException("the examples of task '" + task.name() + "' cannot be split, "
                    + all.size() + " examples, expected at least two different texts, of one of the labels at least");
        }
        return new TaskSplit(task.withExamples(train), test, List.of());
    }

    /** A split without probes and unlabelled texts. */
    public TaskSplit(Task task, List<Example> test, List<String> notes) {
        this(task, test, notes, RobustnessProbes.none(), List.of(), Map.of());
    }

    /**
     * The SHA-256, in hexadecimal, of instruction, labels, training examples, corpus, test examples and unlabelled
     * texts: tells tasks apart by all that is in them.
     */
    public String hash() {
        return TaskHash.of(task, test, unlabelled);
    }

    /** Returns this split with other probes. */
    public TaskSplit withProbes(RobustnessProbes probes) {
        return new TaskSplit(task, test, notes, probes, unlabelled, fileLabels);
    }

    /** Returns this split with other unlabelled texts. */
    public TaskSplit withUnlabelled(List<String> unlabelled) {
        return new TaskSplit(task, test, notes, probes, unlabelled, fileLabels);
    }

    /** Returns this split with other words of its file for labels. */
    public TaskSplit withFileLabels(Map<String, String> fileLabels) {
        return new TaskSplit(task, test, notes, probes, unlabelled, fileLabels);
    }

    /** Returns this split with another task. */
    public TaskSplit withTask(Task task) {
        return new TaskSplit(task, test, notes, probes, unlabelled, fileLabels);
    }
}
