package dev.llmadapt.prompting;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.extraction.ExtractionRules;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A strategy that answers from the task's examples alone, without any model: the floor that every other strategy has to
 * be better than. The model that is adapted is never asked.
 */
public final class Baseline implements Strategy {
    private final String name;
    private final Answering kind;
    private final Function<Task, BaselineAnswers> learn;

    private enum Answering {
        LABELS,
        JSON,
        ANYTHING
    }

    private Baseline(String name, Answering kind, Function<Task, BaselineAnswers> learn) {
        this.name = name;
        this.kind = kind;
        this.learn = learn;
    }

    /**
     * The most frequent label of the examples, whatever the question; of equals the task's first. Its decision has the
     * labels' shares of the examples.
     */
    public static Baseline majority() {
        return new Baseline("majority", Answering.LABELS, task -> new BaselineAnswers.Majority(shares(task)));
    }

    /**
     * A label drawn for each question, as often as it is among the examples. One question gets one answer. It has no
     * decision, whose label would be the most frequent one.
     *
     * @param seed the seed that decides, together with the question
     */
    public static Baseline random(long seed) {
        return new Baseline("random", Answering.LABELS, task -> new BaselineAnswers.Drawn(shares(task), seed));
    }

    /**
     * The answer of the example whose input is most similar to the question by BM25, of equals the first; of an example
     * that asks the question itself, its answer. For labels, free text and JSON.
     */
    public static Baseline nearestExample() {
        return new Baseline("nearest-example", Answering.ANYTHING, BaselineAnswers.Nearest::new);
    }

    /**
     * JSON whose fields are found by rules that are learned from the examples: a value that stands in the text by the
     * words around it (Rivest 1987, "Learning Decision Lists"), one of few values by the text's words, else null or the
     * most frequent value. Numbers and dates are read as people write them.
     */
    public static Baseline rules() {
        return rules(Map.of());
    }

    /**
     * {@link #rules()}, with patterns for some fields that come before what is learned.
     *
     * @param patterns regular expressions by the fields' names, {@code a.b} for a field of an object; the one group of
     *     each is the value. One that takes more than 2,000,000 steps on a text is an error of that answer
     * @throws IllegalArgumentException if one is no regular expression with one group
     */
    public static Baseline rules(Map<String, String> patterns) {
        Map<String, String> copy = new TreeMap<>(patterns);
        ExtractionRules.requireValid(copy);
        return new Baseline(
                "rules",
                Answering.JSON,
                task -> new BaselineAnswers.Extracted(
                        ExtractionRules.learn(task.schema().orElseThrow(), task.examples(), copy)));
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the task has no examples, no labels where this strategy chooses among them,
     *     or no schema, or another one than its patterns are for, where it finds fields
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (kind == Answering.LABELS && task.labels().isEmpty()) {
            throw new IllegalArgumentException(
                    name + " chooses among labels, task '" + task.name() + "' has none; take nearest-example");
        }
        if (kind == Answering.JSON && task.schema().isEmpty()) {
            throw new IllegalArgumentException(
                    name + " finds the fields of a schema, task '" + task.name() + "' has none; take nearest-example");
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
