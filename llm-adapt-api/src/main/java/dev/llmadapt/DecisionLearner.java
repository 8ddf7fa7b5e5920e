package dev.llmadapt;

import java.util.List;

/**
 * A strategy that learns from probabilities over labels too, such as those of a teacher, which say more about a text
 * than its most probable label does (Hinton et al. 2015, "Distilling the Knowledge in a Neural Network").
 */
public interface DecisionLearner extends Strategy {
    /**
     * Adapts a model to a task as {@link Strategy#adapt} does, from probabilities in place of the examples' labels.
     *
     * @param task a task of labels; each label is the output of an example at least
     * @param decisions the probabilities of the task's labels for each example, in the order of the examples; one that
     *     is {@linkplain Decision#certain certain} is as good as the label alone
     * @return a new model; the caller closes it
     * @throws IllegalArgumentException as {@link Strategy#adapt} does, and if there are not as many decisions as
     *     examples, or one lacks a label of the task
     */
    Model adapt(Model model, Task task, List<Decision> decisions, Progress progress);
}
