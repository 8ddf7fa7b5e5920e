package dev.llmadapt.heads;

import java.util.List;

/**
 * The trials by which a head's regularisation was chosen, measured on examples that were held out.
 *
 * @param trials one per value of C, ascending; empty where no label had a second example to hold out
 */
public record CrossValidation(List<Trial> trials) {
    /** Copies the list. */
    public CrossValidation {
        trials = List.copyOf(trials);
    }

    /**
     * The measurement of one value of C.
     *
     * @param regularization C
     * @param accuracy the share of held-out examples that were answered right
     * @param logLoss the mean of minus the natural logarithm of the right label's calibrated probability
     */
    public record Trial(double regularization, double accuracy, double logLoss) {}
}
