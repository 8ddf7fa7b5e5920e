package dev.llmadapt.pilot.results;

import java.util.Comparator;
import java.util.List;

/**
 * How far the probabilities that come with answers can be trusted.
 *
 * @param brier the mean Brier score over all labels ({@link Confidence#brier}), in [0, 2]; 0 is best
 * @param expectedError the expected calibration error, in [0, 1]: how far the confidence of answers lies from the share
 *     of right ones, in {@value #BINS} bins of equal width (Guo et al. 2017)
 * @param answerable the share of answers, the most confident first, that can be given with 5 % of them wrong at most;
 *     the confidence that this takes is chosen on the same answers
 * @param answers the answers that have probabilities; 0 where none has, and then the others are 0
 */
public record Calibration(double brier, double expectedError, double answerable, int answers) {
    /** No answer has probabilities. */
    public static final Calibration NONE = new Calibration(0, 0, 0, 0);

    private static final int BINS = 15;
    private static final double ERRORS = 0.05;

    /** The calibration of those answers that have a confidence. */
    public static Calibration of(List<Outcome> outcomes) {
        List<Outcome> known = outcomes.stream()
                .filter(outcome -> outcome.confidence().isPresent())
                .sorted(Comparator.comparingDouble(Calibration::probability).reversed())
                .toList();
        if (known.isEmpty()) {
            return NONE;
        }
        double brier = known.stream()
                .mapToDouble(outcome -> outcome.confidence().orElseThrow().brier())
                .average()
                .orElseThrow();
        return new Calibration(brier, expectedError(known), answerable(known), known.size());
    }

    private static double probability(Outcome outcome) {
        return outcome.confidence().orElseThrow().probability();
    }

    private static double expectedError(List<Outcome> known) {
        double[] gap = new double[BINS]; // of each bin: the sum of confidence less right answers
        for (Outcome outcome : known) {
            double probability = probability(outcome);
            // a bin holds its upper end, the first one both
            int bin = Math.max(0, (int) Math.ceil(probability * BINS) - 1);
            gap[bin] += probability - outcome.score();
        }
        double sum = 0;
        for (double each : gap) {
            sum += Math.abs(each);
        }
        return sum / known.size();
    }

    /** The largest part of the sorted answers with few errors; those of one confidence are given together. */
    private static double answerable(List<Outcome> known) {
        double wrong = 0;
        int most = 0;
        for (int i = 0; i < known.size(); i++) {
            wrong += 1 - known.get(i).score();
            boolean last = i + 1 == known.size() || probability(known.get(i + 1)) < probability(known.get(i));
            if (last && wrong <= ERRORS * (i + 1)) {
                most = i + 1;
            }
        }
        return (double) most / known.size();
    }
}
