package dev.llmadapt.pilot.task;

import dev.llmadapt.Example;
import dev.llmadapt.files.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Splits and samples examples so that every label keeps its share. The same seed gives the same result. */
public final class Stratified {
    private Stratified() {}

    /**
     * Two sides of one set of examples.
     *
     * @param train to learn from, in the order given
     * @param test to measure on, in the order given
     */
    public record Split(List<Example> train, List<Example> test) {
        /** Copies the lists. */
        public Split {
            train = List.copyOf(train);
            test = List.copyOf(test);
        }
    }

    /**
     * Splits examples. Examples with the same text (white space and case aside) stay on one side, so that no test text
     * was ever seen; of each label about the given share of distinct texts goes to test, at least one where there are
     * two, never all. Which side a text is on depends on the text: where examples are added or change, nearly all stay
     * on their side, so that a run before and one after can be compared.
     *
     * @param examples what to split
     * @param testShare the share of the test side, in (0, 1)
     * @param seed which split
     */
    public static Split split(List<Example> examples, double testShare, long seed) {
        Map<String, List<Example>> groups = new LinkedHashMap<>();
        for (Example example : examples) {
            groups.computeIfAbsent(textKey(example.input()), key -> new ArrayList<>())
                    .add(example);
        }
        Map<String, TreeMap<String, List<Example>>> labels = new LinkedHashMap<>();
        groups.forEach((text, group) -> labels.computeIfAbsent(group.get(0).output(), label -> new TreeMap<>())
                .put(Sha256.of(seed + " " + text), group));
        Set<Example> test = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        for (TreeMap<String, List<Example>> label : labels.values()) {
            long count = Math.min(Math.max(Math.round(testShare * label.size()), 1), label.size() - 1);
            label.values().stream().limit(count).forEach(test::addAll);
        }
        return new Split(
                examples.stream().filter(example -> !test.contains(example)).toList(),
                examples.stream().filter(test::contains).toList());
    }

    /**
     * A sample in which every label keeps its share as nearly as whole examples allow. Nested: a smaller sample with
     * the same seed is part of a larger one, so a longer run repeats a shorter one.
     *
     * @param examples what to sample
     * @param limit how many to keep, at least 1; all when there are no more than that
     * @param seed which sample
     * @return the sample, in the order given
     */
    public static List<Example> sample(List<Example> examples, int limit, long seed) {
        return examples.size() <= limit
                ? List.copyOf(examples)
                : ranked(examples, seed).subList(0, limit).stream()
                        .sorted()
                        .map(examples::get)
                        .toList();
    }

    /**
     * The examples in a random order of which every beginning is a {@linkplain #sample sample}.
     *
     * @param seed which order
     */
    public static List<Example> ordered(List<Example> examples, long seed) {
        return ranked(examples, seed).stream().map(examples::get).toList();
    }

    /**
     * The k-th of a label's n examples stands at (k + 1/2) / n of the way: any beginning of that order is stratified.
     */
    private static List<Integer> ranked(List<Example> examples, long seed) {
        List<Integer> shuffled = new ArrayList<>();
        Map<String, Integer> sizes = new HashMap<>();
        for (int i = 0; i < examples.size(); i++) {
            shuffled.add(i);
            sizes.merge(examples.get(i).output(), 1, Integer::sum);
        }
        Collections.shuffle(shuffled, new Random(seed));
        Map<String, Integer> met = new HashMap<>();
        Map<Integer, Double> place = new HashMap<>();
        for (int i : shuffled) {
            String label = examples.get(i).output();
            int k = met.merge(label, 1, Integer::sum) - 1;
            place.put(i, (k + 0.5) / sizes.getOrDefault(label, 1));
        }
        shuffled.sort(Comparator.comparingDouble(i -> place.getOrDefault(i, 0.0)));
        return shuffled;
    }

    /** The examples whose text is not among the others' texts, white space and case aside. */
    public static List<Example> without(List<Example> examples, List<Example> others) {
        Set<String> texts = new HashSet<>();
        for (Example other : others) {
            texts.add(textKey(other.input()));
        }
        return examples.stream()
                .filter(example -> !texts.contains(textKey(example.input())))
                .toList();
    }

    private static String textKey(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }
}
