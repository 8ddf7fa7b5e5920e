package dev.llmadapt.peft;

import dev.llmadapt.Decision;
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
        return new OfTask(task, List.of());
    }

    /**
     * The examples of a task with labels, of which probabilities are learned in place of the outputs; for what learns
     * labels by a head. What is held back is measured by its outputs.
     *
     * @param decisions the probabilities of the task's labels for each example, in their order; none to learn the
     *     outputs
     * @throws IllegalArgumentException if the task has no examples, there are not as many decisions, or one lacks a
     *     label
     */
    static TrainingSet of(Task task, List<Decision> decisions) {
        return new OfTask(task, decisions);
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
     * @param decisions the probabilities of its labels that are learned, one for each example; empty to learn the
     *     outputs
     */
    record OfTask(Task task, List<Decision> decisions) implements TrainingSet {
        /** Refuses a task without examples, and decisions that are not of its examples or labels. */
        public OfTask {
            decisions = List.copyOf(decisions);
            if (task.examples().isEmpty()) {
                throw new IllegalArgumentException("training needs examples, the task '" + task.name() + "' has none");
            }
            if (!decisions.isEmpty() && decisions.size() != task.examples().size()) {
                throw new IllegalArgumentException("expected a decision for each example, got "
                        + task.examples().size() + " examples and " + decisions.size() + " decisions");
            }
            for (Decision decision : decisions) {
                if (!decision.labels().containsAll(task.labels())) {
                    throw new IllegalArgumentException("a decision must have the labels of the task, which are "
                            + task.labels() + ", got " + decision.labels());
                }
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
