package dev.llmadapt.pilot.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts of the runs of n elements of a sequence, for metrics that compare two texts by them. */
final class NGrams {
    private NGrams() {}

    /** The runs of n elements, with how often each occurs; none where the sequence is shorter. */
    static <T> Map<List<T>, Integer> of(List<T> sequence, int n) {
        Map<List<T>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= sequence.size(); i++) {
            counts.merge(sequence.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }

    /** The number of runs that two counts share, each as often as the rarer of both has it. */
    static <T> int shared(Map<List<T>, Integer> some, Map<List<T>, Integer> others) {
        return some.entrySet().stream()
                .mapToInt(entry -> Math.min(entry.getValue(), others.getOrDefault(entry.getKey(), 0)))
                .sum();
    }
}
