package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.examples.Shots;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Sets of demonstrations: drawn from the examples that may be shown, and changed. For one thread. */
final class Demonstrations {
    /** The examples that sets are drawn from at first are so many times as many as a set has. */
    private static final int DRAWN_FROM = 6;

    private final Task pool;
    private final Task drawnFrom;
    private final int most;
    private final Random random;

    /**
     * Sets of examples of a task.
     *
     * @param task the task
     * @param shown the examples that may be shown
     * @param most the most of a set
     */
    Demonstrations(Task task, List<Example> shown, int most, Random random) {
        this.pool = task.withExamples(shown);
        this.most = Math.min(most, shown.size());
        this.random = random;
        this.drawnFrom = pool;
    }

    private Demonstrations(Demonstrations all) {
        this.pool = all.pool;
        this.most = all.most;
        this.random = all.random;
        List<Example> some = Shots.takingTurns(pool, random);
        this.drawnFrom = pool.withExamples(some.subList(0, Math.min(some.size(), DRAWN_FROM * most)));
    }

    /**
     * These sets drawn from some of the examples, so that each is in several sets and its effect can be told; changes
     * still bring in any.
     */
    Demonstrations narrowed() {
        return new Demonstrations(this);
    }

    /** A set of the largest size, balanced over the labels as far as possible. */
    List<Example> drawn() {
        return List.copyOf(Shots.takingTurns(drawnFrom, random).subList(0, most));
    }

    /** A set of examples that the model answers right by itself, filled up with others. */
    List<Example> drawnFrom(List<Example> answered) {
        Set<Example> set = new LinkedHashSet<>(Shots.takingTurns(pool.withExamples(answered), random));
        set.addAll(Shots.takingTurns(pool, random));
        List<Example> drawn = new ArrayList<>(new ArrayList<>(set).subList(0, most));
        Collections.shuffle(drawn, random);
        return List.copyOf(drawn);
    }

    /**
     * The set of the largest size whose demonstrations have the largest effects, each drawn around its mean (Thompson
     * sampling); of each label as many at most as in a balanced set, rounded up.
     *
     * @param spread what the standard deviations of effects are multiplied by
     * @param others examples beside those that sets are drawn from
     */
    List<Example> byEffect(Effects effects, double spread, List<Example> others) {
        Set<Example> all = new LinkedHashSet<>(drawnFrom.examples());
        all.addAll(others);
        Map<Example, Double> values = new LinkedHashMap<>();
        for (Example example : all) {
            double[] effect = effects.of(example);
            values.put(example, effect[0] + spread * effect[1] * random.nextGaussian());
        }
        int labels = Math.max(1, pool.labels().size());
        int limit = pool.labels().isEmpty() ? most : (most + labels - 1) / labels;
        Map<String, Integer> taken = new HashMap<>();
        List<Example> set = new ArrayList<>();
        values.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .forEach(example -> {
                    String label = pool.labels().isEmpty() ? "" : example.output();
                    if (set.size() < most && taken.merge(label, 1, Integer::sum) <= limit) {
                        set.add(example);
                    }
                });
        Collections.shuffle(set, random);
        return List.copyOf(set);
    }

    /**
     * A set with one change: a demonstration replaced (six times in ten), added, left out, or all in another order.
     *
     * @param set the set to change
     * @param failing validation examples whose right answers are improbable: half of the demonstrations that enter are
     *     of one of their labels
     */
    List<Example> changed(List<Example> set, List<Example> failing) {
        List<Example> changed = new ArrayList<>(set);
        double draw = random.nextDouble();
        if (changed.isEmpty() || (draw < 0.15 && changed.size() < most)) {
            entering(set, failing).ifPresent(example -> changed.add(random.nextInt(changed.size() + 1), example));
        } else if (draw >= 0.9 && changed.size() > 1) {
            changed.remove(random.nextInt(changed.size()));
        } else if (draw >= 0.75 && changed.size() > 1) {
            Collections.shuffle(changed, random);
        } else {
            int place = random.nextInt(changed.size());
            entering(set, failing).ifPresent(example -> changed.set(place, example));
        }
        return List.copyOf(changed);
    }

    private Optional<Example> entering(List<Example> set, List<Example> failing) {
        List<Example> others = pool.examples().stream()
                .filter(example -> !set.contains(example))
                .toList();
        if (!pool.labels().isEmpty() && !failing.isEmpty() && random.nextBoolean()) {
            String label = failing.get(random.nextInt(failing.size())).output();
            List<Example> wanted = others.stream()
                    .filter(example -> example.output().equals(label))
                    .toList();
            others = wanted.isEmpty() ? others : wanted;
        }
        return others.isEmpty() ? Optional.empty() : Optional.of(others.get(random.nextInt(others.size())));
    }
}
