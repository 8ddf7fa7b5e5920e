package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.examples.Shots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The examples of a task in three parts that share no text: those that may be shown, those that candidates are judged
 * by, and those that the chosen prompt is compared by. Validation and comparison are balanced over the labels as far as
 * possible, and take at most a third of each label's texts.
 *
 * @param shown examples that may become demonstrations
 * @param validation examples that candidates are judged by
 * @param comparison examples for the comparison; empty where there is none
 */
record ExampleSplit(List<Example> shown, List<Example> validation, List<Example> comparison) {
    private static final int MIN_VALIDATION = 4;

    ExampleSplit {
        shown = List.copyOf(shown);
        validation = List.copyOf(validation);
        comparison = List.copyOf(comparison);
    }

    /**
     * Splits the examples of a task.
     *
     * @throws IllegalArgumentException if they are too few, or one has an empty answer
     */
    static ExampleSplit of(Task task, SearchOptions options) {
        Random random = new Random(options.seed());
        boolean labelled = !task.labels().isEmpty();
        Map<String, List<Example>> byLabel = new LinkedHashMap<>();
        Set<String> texts = new LinkedHashSet<>();
        List<Example> shown = new ArrayList<>();
        for (Example example : Shots.takingTurns(task, random)) {
            if (example.output().isBlank()) {
                throw new IllegalArgumentException("the answer of example '" + example.id()
                        + "' is empty, whose probability a search cannot measure; leave the example out");
            }
            if (texts.add(example.input().strip())) { // of texts that stand twice the first
                byLabel.computeIfAbsent(labelled ? example.output() : "", label -> new ArrayList<>())
                        .add(example);
            }
        }
        List<List<Example>> validation = new ArrayList<>();
        List<List<Example>> comparison = new ArrayList<>();
        for (List<Example> examples : byLabel.values()) {
            int third = examples.size() / 3;
            validation.add(examples.subList(0, third));
            comparison.add(options.compared() ? examples.subList(third, 2 * third) : List.of());
            shown.addAll(examples.subList(options.compared() ? 2 * third : third, examples.size()));
        }
        List<Example> judging = turns(validation, options.validation(), shown);
        List<Example> comparing = turns(comparison, options.comparison(), shown);
        if (judging.size() < MIN_VALIDATION) {
            throw new IllegalArgumentException("a search needs at least " + MIN_VALIDATION
                    + " examples to judge by, which are at most a third of each label's; task '" + task.name()
                    + "' has " + task.examples().size() + " examples, of which " + judging.size()
                    + " are left for that; add examples");
        }
        return new ExampleSplit(shown, judging, comparing);
    }

    /** The first of each list in turn, up to a number; the others are added to the rest. */
    private static List<Example> turns(List<List<Example>> lists, int most, List<Example> rest) {
        List<Example> taken = new ArrayList<>();
        int longest = lists.stream().mapToInt(List::size).max().orElse(0);
        for (int turn = 0; turn < longest; turn++) {
            for (List<Example> list : lists) {
                if (turn < list.size()) {
                    (taken.size() < most ? taken : rest).add(list.get(turn));
                }
            }
        }
        return taken;
    }
}
