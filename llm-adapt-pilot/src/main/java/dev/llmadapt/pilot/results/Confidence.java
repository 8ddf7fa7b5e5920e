package dev.llmadapt.pilot.results;

import dev.llmadapt.Decision;

/**
 * The confidence of an answer that was chosen among labels.
 *
 * @param probability of the label that was chosen, in [0, 1]
 * @param brier the squared differences between the probability of each label and 1 for the right one, 0 for another,
 *     added up (Brier 1950), in [0, 2]
 */
public record Confidence(double probability, double brier) {
    /** Refuses what cannot be. */
    public Confidence {
        if (!(probability >= 0 && probability <= 1) || !(brier >= 0 && brier <= 2 + 1e-9)) {
            throw new IllegalArgumentException(
                    "probability must be in [0, 1] and brier in [0, 2], got " + probability + " and " + brier);
        }
    }

    /**
     * The confidence of a decision.
     *
     * @param expected the right label; where it is not among the labels, all their probability is wrong
     */
    public static Confidence of(Decision decision, String expected) {
        double brier = decision.labels().contains(expected) ? 0 : 1;
        for (Decision.Choice choice : decision.choices()) {
            double right = choice.label().equals(expected) ? 1 : 0;
            brier += (choice.probability() - right) * (choice.probability() - right);
        }
        return new Confidence(decision.probability(), brier);
    }
}
