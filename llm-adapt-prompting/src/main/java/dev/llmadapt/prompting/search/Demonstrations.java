package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.examples.Shots;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Sets of demonstrations: drawn from the examples that may be shown, and changed. For one thread. */
final class Demonstrations {
    private final Task pool;
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
    }

    /** A set of the largest size, balanced over the labels as far as possible. */
    List<Example> drawn() {
        return List.copyOf(Shots.takingTurns(pool, random).subList(0, most));
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
