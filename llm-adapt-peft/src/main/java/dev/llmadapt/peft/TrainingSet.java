package dev.llmadapt.peft;

import dev.llmadapt.Task;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.training.TrainingOptions;
import java.util.List;
import java.util.Objects;

/** The examples that a tuning learns from: those of a task, or conversations as they are. */
public sealed interface TrainingSet {
    /** The instruction that virtual tokens begin as unless told otherwise; empty for none. */
    String instruction();

    /** The labels that answers are; empty where they are free text. */
    List<String> labels();

    /**
     * The examples of a task, with the prompts that the model's layers make of them.
     *
     * @throws IllegalArgumentException if the task has no examples
     */
    static TrainingSet of(Task task) {
        return new OfTask(task);
    }

    /**
     * Conversations as they are; {@link TrainingOptions.Learning#lossOn()} says which answers count. A validation share
     * is held back so that near-duplicates of a prompt stay on one side.
     *
     * @throws IllegalArgumentException if there are no examples
     */
    static TrainingSet of(TrainingData data) {
        return new OfData(data, "", List.of());
    }

    /**
     * Conversations as they are, with an instruction that virtual tokens begin as.
     *
     * @throws IllegalArgumentException if there are no examples
     */
    static TrainingSet of(TrainingData data, String instruction) {
        return new OfData(data, instruction, List.of());
    }

    /**
     * Conversations that were made of a task's examples, with its instruction and its labels.
     *
     * @throws IllegalArgumentException if there are no examples
     */
    static TrainingSet of(TrainingData data, Task task) {
        return new OfData(data, task.instruction(), task.labels());
    }

    /**
     * The examples of a task.
     *
     * @param task has at least one example
     */
    record OfTask(Task task) implements TrainingSet {
        /** Refuses a task without examples. */
        public OfTask {
            if (task.examples().isEmpty()) {
                throw new IllegalArgumentException("training needs examples, the task '" + task.name() + "' has none");
            }
        }

        @Override
        public String instruction() {
            return task.instruction();
        }

        @Override
        public List<String> labels() {
            return task.labels();
        }
    }

    /**
     * Conversations.
     *
     * @param data has at least one example
     * @param instruction that virtual tokens begin as; empty for none
     * @param labels that answers are; empty for free text
     */
    record OfData(TrainingData data, String instruction, List<String> labels) implements TrainingSet {
        /** Refuses data without examples. */
        public OfData {
            Objects.requireNonNull(instruction, "instruction");
            labels = List.copyOf(labels);
            if (data.examples().isEmpty()) {
                throw new IllegalArgumentException("training needs examples, " + data.origin() + " has none");
            }
        }
    }
}
