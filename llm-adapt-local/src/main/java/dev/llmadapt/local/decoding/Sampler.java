package dev.llmadapt.local.decoding;

import dev.llmadapt.GenerationOptions;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A chooser that samples by the options of a request, with the filters in the order of Hugging Face
 * {@code transformers}: repetition penalty, temperature, top-k, top-p, min-p. Among equal probabilities the lower id
 * comes first.
 */
final class Sampler implements Chooser {
    private final GenerationOptions options;
    private final Set<Integer> endIds;
    private final BitSet seen = new BitSet();
    private final SplittableRandom random;

    Sampler(GenerationOptions options, Set<Integer> endIds, int[] prompt) {
        this.options = options;
        this.endIds = endIds;
        this.random = new SplittableRandom(options.seed());
        for (int id : prompt) {
            seen.set(id);
        }
    }

    @Override
    public int choose(float[] logits) {
        penalize(logits);
        int id = options.temperature() == 0 ? mostLikely(logits) : sample(logits);
        seen.set(id);
        return endIds.contains(id) ? END : id;
    }

    private void penalize(float[] logits) {
        double penalty = options.repetitionPenalty();
        if (penalty != 1) {
            for (int id = seen.nextSetBit(0); id >= 0 && id < logits.length; id = seen.nextSetBit(id + 1)) {
                double changed = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
                logits[id] = (float) Math.min(changed, Float.MAX_VALUE); // an infinite one would be no probability
            }
        }
    }

    static int mostLikely(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private int sample(float[] logits) {
        float max = logits[mostLikely(logits)];
        double[] weights = new double[logits.length]; // probabilities up to a common factor; the largest is 1
        double total = 0;
        for (int id = 0; id < weights.length; id++) {
            weights[id] = Math.exp((logits[id] - max) / options.temperature());
            total += weights[id];
        }
        double least = leastKept(weights, total);
        int[] kept = new int
                [Math.toIntExact(
                        Arrays.stream(weights).filter(w -> w >= least && w > 0).count())];
        int count = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] >= least && weights[id] > 0) {
                kept[count++] = id;
            }
        }
        boolean ordered = options.topK() > 0 || options.topP() < 1;
        if (ordered) {
            kept = byWeight(kept, weights);
            if (options.topK() > 0 && options.topK() < kept.length) {
                kept = Arrays.copyOf(kept, options.topK());
            }
            kept = nucleus(kept, weights);
        }
        if (options.minP() > 0) {
            kept = Arrays.stream(kept)
                    .filter(id -> weights[id] >= options.minP())
                    .toArray();
        }
        return draw(kept, weights);
    }

    /**
     * Returns a weight below which no token can be kept, so that only the others are sorted: the tokens below {@code (1
     * - p) / vocabulary} of the whole do not add up to {@code 1 - p}; with top-k the nucleus is of fewer tokens still.
     */
    private double leastKept(double[] weights, double total) {
        double least = options.minP();
        if (options.topP() < 1 && options.topK() == 0) {
            least = Math.max(least, (1 - options.topP()) / weights.length * total * (1 - 1e-9));
        }
        if (options.topK() > 0 && options.topK() < weights.length) {
            least = Math.max(least, largest(weights, options.topK()));
        }
        return least;
    }

    /**
     * Returns the k-th largest value: the root of a heap of the k largest so far, which few of a large vocabulary's
     * values enter.
     */
    static double largest(double[] values, int k) {
        double[] heap = Arrays.copyOf(values, k);
        for (int i = k / 2 - 1; i >= 0; i--) {
            sink(heap, i);
        }
        for (int i = k; i < values.length; i++) {
            if (values[i] > heap[0]) {
                heap[0] = values[i];
                sink(heap, 0);
            }
        }
        return heap[0];
    }

    /** Moves a value down a heap whose root is the smallest, until none below it is smaller. */
    private static void sink(double[] heap, int from) {
        double value = heap[from];
        int at = from;
        while (2 * at + 1 < heap.length) {
            int child = 2 * at + 1;
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= value) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }

    private static int[] byWeight(int[] ids, double[] weights) {
        return Arrays.stream(ids)
                .boxed()
                .sorted((a, b) ->
                        weights[a] == weights[b] ? Integer.compare(a, b) : Double.compare(weights[b], weights[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Returns the shortest head of the tokens, by falling weight, whose probabilities reach p. */
    private int[] nucleus(int[] ids, double[] weights) {
        if (options.topP() == 1) {
            return ids;
        }
        double total = options.topK() > 0
                ? Arrays.stream(ids).mapToDouble(id -> weights[id]).sum()
                : Arrays.stream(weights).sum();
        double reached = 0;
        for (int i = 0; i < ids.length; i++) {
            reached += weights[ids[i]];
            if (reached >= options.topP() * total) {
                return Arrays.copyOf(ids, i + 1);
            }
        }
        return ids;
    }

    private int draw(int[] ids, double[] weights) {
        double total = 0;
        for (int id : ids) {
            total += weights[id];
        }
        double left = random.nextDouble() * total;
        for (int id : ids) {
            left -= weights[id];
            if (left < 0) {
                return id;
            }
        }
        return ids[ids.length - 1];
    }
}
