package dev.llmadapt.local.decoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The likeliest tokens of a position, from its logits. */
final class Likeliest {
    private Likeliest() {}

    /**
     * A token with its log-probability.
     *
     * @param id in the vocabulary
     */
    record Entry(int id, double logProbability) {}

    /**
     * Returns the tokens of the largest logits, the likeliest first, ties by the lowest id.
     *
     * @param logits finite numbers
     * @param count how many; all where there are fewer
     * @param normalizer what is taken off a logit to get a log-probability
     */
    static List<Entry> of(float[] logits, int count, double normalizer) {
        if (count == 0) {
            return List.of();
        }
        // the worst of those kept is on top: few of a large vocabulary's logits enter
        PriorityQueue<Integer> kept = new PriorityQueue<>(
                count + 1,
                Comparator.<Integer>comparingDouble(id -> logits[id]).thenComparing(Comparator.reverseOrder()));
        for (int id = 0; id < logits.length; id++) {
            if (kept.size() < count) {
                kept.add(id);
            } else if (logits[id] > logits[kept.element()]) {
                kept.remove();
                kept.add(id);
            }
        }
        List<Entry> entries = new ArrayList<>();
        while (!kept.isEmpty()) {
            int id = kept.remove();
            entries.add(0, new Entry(id, logits[id] - normalizer));
        }
        return entries;
    }
}
