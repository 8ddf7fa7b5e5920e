package dev.llmadapt.peft.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Which texts run together in which step: fixed by the texts, the settings and the seed, so that a run can go on
 * anywhere. Immutable.
 */
final class TrainingPlan {
    private static final int BATCHES_SORTED_TOGETHER = 32;
    private static final int PACKED = 640; // tokens of a row: attention costs the square of it

    private final List<TrainingText> texts;
    private final TrainingOptions options;
    private final int virtualTokens;
    private final int stepsPerEpoch;
    private final int steps;

    TrainingPlan(List<TrainingText> texts, TrainingOptions options, int virtualTokens) {
        this.texts = texts;
        this.options = options;
        this.virtualTokens = virtualTokens;
        this.stepsPerEpoch = options.learning().stepsPerEpoch(texts.size());
        this.steps = options.learning().steps(texts.size());
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

    /** The texts of each step of an epoch. */
    List<List<Integer>> epochSteps(int epoch) {
        Random random = new Random(options.learning().seed() * 31 + epoch);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        List<List<Integer>> steps = new ArrayList<>();
        int together = options.learning().batchSize() * BATCHES_SORTED_TOGETHER;
        for (int from = 0; from < order.size(); from += together) {
            List<Integer> group = new ArrayList<>(order.subList(from, Math.min(from + together, order.size())));
            if (!options.machine().packing()) {
                group.sort(Comparator.comparingInt(text -> texts.get(text).ids().length)); // stable: ties stay shuffled
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

    /** The rows of each run of a step. */
    List<List<List<TrainingText>>> runs(List<Integer> step) {
        List<List<List<TrainingText>>> runs = new ArrayList<>();
        for (int from = 0; from < step.size(); from += options.machine().microBatchSize()) {
            List<Integer> part =
                    step.subList(from, Math.min(from + options.machine().microBatchSize(), step.size()));
            runs.add(rows(part.stream().map(texts::get).toList()));
        }
        return runs;
    }

    /** Texts that run together, as rows. */
    List<List<TrainingText>> rows(List<TrainingText> run) {
        if (!options.machine().packing()) {
            return run.stream().map(List::of).toList();
        }
        List<TrainingText> longest = new ArrayList<>(run);
        longest.sort(Comparator.comparingInt((TrainingText text) -> text.ids().length)
                .reversed());
        int shared = TrainingBatch.shared(run);
        int own = run.stream().mapToInt(text -> length(text) - shared).sum();
        int room = Math.max(PACKED, length(longest.get(0))) - shared;
        int count = Math.max(1, (own + room - 1) / room);
        List<List<TrainingText>> rows = new ArrayList<>();
        int[] filled = new int[count];
        for (int i = 0; i < count; i++) {
            rows.add(new ArrayList<>());
        }
        for (TrainingText text : longest) { // each to the row that is shortest so far
            int shortest = 0;
            for (int row = 1; row < count; row++) {
                shortest = filled[row] < filled[shortest] ? row : shortest;
            }
            rows.get(shortest).add(text);
            filled[shortest] += length(text) - shared;
        }
        rows.removeIf(List::isEmpty);
        return rows;
    }

    /** The most tokens of a row, if no text is longer than this. */
    int longestRow(int longestText) {
        return options.machine().packing() ? Math.max(PACKED, longestText) + longestText : longestText;
    }

    private int length(TrainingText text) {
        return text.ids().length + virtualTokens;
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
