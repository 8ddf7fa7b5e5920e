package dev.llmadapt.heads;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.List;

/**
 * A strategy that gives a text any number of labels: a {@link LinearHead} that learns each label against the rest, with
 * a threshold per label. Its task is one of JSON with a single property, a list of choices, so that prompting and
 * training solve it too:
 *
 * <pre>{@code
 * Task task = Task.extraction(
 *         "topics",
 *         "Name the topics of the message.",
 *         JsonSchema.object(property("topics", list(oneOf("card", "fee", "transfer")))),
 *         examples); // with outputs such as {"topics": ["card", "fee"]}
 * MultiLabelModel head = LinearHead.words().withSeveralLabels().train(task, Progress.NONE);
 * }</pre>
 *
 * <p>C is the value with the smallest log loss in cross-validation; probabilities are calibrated there, and thresholds
 * chosen by F1.
 */
public final class MultiLabelHead implements Strategy {
    private final LinearHead head;

    MultiLabelHead(LinearHead head) {
        this.head = head;
    }

    /** The options, which are those of the {@link LinearHead}. */
    public HeadOptions options() {
        return head.options();
    }

    @Override
    public String name() {
        return head.name();
    }

    /**
     * Learns a head from a task's examples.
     *
     * @param progress hears of {@code read}, {@code cross-validate} and {@code learn}
     * @return the model; the caller closes it
     * @throws IllegalArgumentException if the task's answers are no lists of labels, or a label has no example
     * @throws IllegalStateException if this head learns from the states of a model: {@link #adapt} has one
     */
    public MultiLabelModel train(Task task, Progress progress) {
        return train(head.readable(), task, progress);
    }

    @Override
    public MultiLabelModel adapt(Model model, Task task, Progress progress) {
        return train(head.readable(model, task), task, progress);
    }

    private MultiLabelModel train(Features<?> features, Task task, Progress progress) {
        LabelSets sets = LabelSets.of(task);
        return new MultiLabelModel(
                MultiLabelLearning.learn(features, head.options(), task, sets, progress),
                HeadOrigin.of(task, List.of(), head.options()));
    }
}
