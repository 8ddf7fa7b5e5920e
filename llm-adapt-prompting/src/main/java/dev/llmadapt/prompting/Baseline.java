package dev.llmadapt.prompting;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A strategy that answers from the task's examples alone, without any model: the floor that every other strategy has to
 * be better than. The model that is adapted is never asked.
 */
public final class Baseline implements Strategy {
    private final String name;
    private final boolean choosesLabels;
    private final Function<Task, BaselineAnswers> learn;

    private Baseline(String name, boolean choosesLabels, Function<Task, BaselineAnswers> learn) {
        this.name = name;
        this.choosesLabels = choosesLabels;
        this.learn = learn;
    }

    /**
     * The most frequent label of the examples, whatever the question; of equals the task's first. Its decision has the
     * labels' shares of the examples.
     */
    public static Baseline majority() {
        return new Baseline("majority", true, task -> new BaselineAnswers.Majority(shares(task)));
    }

    /**
     * A label drawn for each question, as often as it is among the examples. One question gets one answer. It has no
     * decision, whose label would be the most frequent one.
     *
     * @param seed the seed that decides, together with the question
     */
    public static Baseline random(long seed) {
        return new Baseline("random", true, task -> new BaselineAnswers.Drawn(shares(task), seed));
    }

    /**
     * The answer of the example whose input is most similar to the question by BM25, of equals the first; of an example
     * that asks the question itself, its answer. For labels, free text and JSON.
     */
    public static Baseline nearestExample() {
        return new Baseline("nearest-example", false, BaselineAnswers.Nearest::new);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the task has no examples, or no labels where this strategy chooses among them
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (choosesLabels && task.labels().isEmpty()) {
            throw new IllegalArgumentException(
                    name + " chooses among labels, task '" + task.name() + "' has none; take nearest-example");
        }
        if (task.examples().isEmpty()) {
            throw new IllegalArgumentException(
                    name + " answers from examples, task '" + task.name() + "' has none; add examples");
        }
        return new BaselineModel(name + " of " + task.name(), learn.apply(task));
    }

    private static Decision shares(Task task) {
        Map<String, Long> counts = task.examples().stream().collect(groupingBy(Example::output, counting()));
        List<Decision.Choice> choices = task.labels().stream()
                .map(label -> new Decision.Choice(
                        label,
                        (double) counts.getOrDefault(label, 0L)
                                / task.examples().size()))
                .toList();
        return new Decision(choices, true);
    }
}
