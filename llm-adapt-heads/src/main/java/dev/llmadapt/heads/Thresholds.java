package dev.llmadapt.heads;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The probabilities from which on a text gets labels, each that of the highest F1 on examples that were held out (SCut,
 * Yang 2001). A label with few such examples has the threshold that is best for all labels together (micro F1), since
 * its own would follow single texts.
 */
final class Thresholds {
    /** A label with fewer held-out examples has the common threshold. */
    private static final int ENOUGH = 5;

    /** Where nothing could be held out. */
    static final double EVEN = 0.5;

    private Thresholds() {}

    /**
     * Chooses a threshold per label.
     *
     * @param probabilities of each example and label, (examples, labels)
     * @param truth 0 or 1, (examples, labels)
     */
    static double[] choose(List<double[]> probabilities, List<double[]> truth, int labels) {
        double common = best(
                probabilities.stream().flatMapToDouble(Arrays::stream).toArray(),
                truth.stream().flatMapToDouble(Arrays::stream).toArray());
        return IntStream.range(0, labels)
                .mapToDouble(label -> {
                    double[] right =
                            truth.stream().mapToDouble(row -> row[label]).toArray();
                    return Arrays.stream(right).sum() < ENOUGH
                            ? common
                            : best(
                                    probabilities.stream()
                                            .mapToDouble(row -> row[label])
                                            .toArray(),
                                    right);
                })
                .toArray();
    }

    /** The threshold of the highest F1, in the middle between two probabilities; 0.5 where nothing is right. */
    static double best(double[] probabilities, double[] truth) {
        Integer[] order = IntStream.range(0, truth.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Double.compare(probabilities[b], probabilities[a]));
        double all = Arrays.stream(truth).sum();
        double found = 0;
        double best = 0;
        double threshold = EVEN;
        for (int i = 0; i < order.length; i++) {
            found += truth[order[i]];
            double probability = probabilities[order[i]];
            double next = i + 1 < order.length ? probabilities[order[i + 1]] : 0;
            double f1 = 2 * found / (i + 1 + all);
            if (next < probability && f1 > best) {
                best = f1;
                threshold = (probability + next) / 2;
            }
        }
        return threshold;
    }
}
