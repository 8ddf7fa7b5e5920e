package dev.llmadapt.peft.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Which items are learned in which step: fixed by the items, the settings and the seed, so that a run can go on
 * anywhere. Immutable.
 */
final class TrainingPlan {
    private static final int BATCHES_SORTED_TOGETHER = 32;

    private final int[] lengths;
    private final TrainingOptions options;
    private final int stepsPerEpoch;
    private final int steps;

    TrainingPlan(Objective learned, TrainingOptions options) {
        this.lengths = new int[learned.size()];
        Arrays.setAll(
                lengths,
                item -> learned.texts(item).stream()
                        .mapToInt(text -> text.ids().length)
                        .max()
                        .orElse(0));
        this.options = options;
        this.stepsPerEpoch = options.learning().stepsPerEpoch(lengths.length);
        this.steps = options.learning().steps(lengths.length);
    }

    /** Steps in all. */
    int steps() {
        return steps;
    }

    /** Steps of a pass over the texts; the last pass may be cut short. */
    int stepsPerEpoch() {
        return stepsPerEpoch;
    }

    /** The epoch of a step, both from 0. */
    int epoch(int step) {
        return step / stepsPerEpoch;
    }

    /** The items of each step of an epoch. */
    List<List<Integer>> epochSteps(int epoch) {
        Random random = new Random(options.learning().seed() * 31 + epoch);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        List<List<Integer>> steps = new ArrayList<>();
        int together = options.learning().batchSize() * BATCHES_SORTED_TOGETHER;
        for (int from = 0; from < order.size(); from += together) {
            List<Integer> group = new ArrayList<>(order.subList(from, Math.min(from + together, order.size())));
            if (!options.machine().packing()) {
                group.sort(Comparator.comparingInt(item -> lengths[item])); // stable: ties stay shuffled
            }
            for (int at = 0; at < group.size(); at += options.learning().batchSize()) {
                steps.add(List.copyOf(
                        group.subList(at, Math.min(at + options.learning().batchSize(), group.size()))));
            }
        }
        // the smaller last batch stays where it is, so that there are as many steps in every epoch
        Collections.shuffle(steps, random);
        return steps;
    }

    /** The learning rate of a step, from 0. */
    double rate(int step) {
        double warmUp = Math.ceil(options.optimization().warmUp() * steps);
        if (step < warmUp) {
            return options.optimization().learningRate() * (step + 1) / warmUp;
        }
        double done = steps <= warmUp ? 0 : (step - warmUp) / (steps - warmUp);
        return options.optimization().learningRate()
                * switch (options.optimization().schedule()) {
                    case CONSTANT -> 1;
                    case LINEAR -> 1 - done;
                    case COSINE -> 0.5 * (1 + Math.cos(Math.PI * done));
                };
    }
}
