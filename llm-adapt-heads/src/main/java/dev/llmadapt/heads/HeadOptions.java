package dev.llmadapt.heads;

import java.util.List;
import java.util.Objects;

/**
 * The options for learning a head.
 *
 * @param regularization the values of C to try, ascending, in LIBLINEAR's and scikit-learn's sense: small values keep
 *     the weights small. While the first or the last of them is better than all others, further ones are tried beyond
 *     it
 * @param folds the largest number of folds of the cross-validation that chooses among them, at least 2
 * @param seed the seed of the folds and of the order in which examples are looked at
 * @param leavesOut whether labels without an example are left out, so that the head never answers them; else they are
 *     refused
 */
public record HeadOptions(List<Double> regularization, int folds, long seed, boolean leavesOut) {
    private static final HeadOptions DEFAULTS = new HeadOptions(List.of(0.1, 0.3, 1.0, 3.0), 5, 0, false);

    /** Refuses values that cannot be, and copies the list. */
    public HeadOptions {
        regularization = List.copyOf(Objects.requireNonNull(regularization, "regularization must not be null"));
        if (regularization.isEmpty()) {
            throw new IllegalArgumentException("regularization must have at least one value, got none");
        }
        double previous = 0;
        for (double value : regularization) {
            if (!(value > previous && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "regularization must be positive and ascending, regularization: " + regularization);
            }
            previous = value;
        }
        if (folds < 2) {
            throw new IllegalArgumentException("folds must be at least 2, folds: " + folds);
        }
    }

    /** The values 0.1, 0.3, 1 and 3, five folds, seed 0; every label needs an example. */
    public static HeadOptions defaults() {
        return DEFAULTS;
    }

    /** These options with other values of C; a single one is taken without a choice. */
    public HeadOptions withRegularization(List<Double> regularization) {
        return new HeadOptions(regularization, folds, seed, leavesOut);
    }

    /** These options with another number of folds. */
    public HeadOptions withFolds(int folds) {
        return new HeadOptions(regularization, folds, seed, leavesOut);
    }

    /** These options with another seed. */
    public HeadOptions withSeed(long seed) {
        return new HeadOptions(regularization, folds, seed, leavesOut);
    }

    /**
     * These options, for which labels of a task need no example: those without are left out, with probability 0 in
     * every decision, and {@link HeadModel#leftOut()} names them.
     */
    public HeadOptions leavingOutLabelsWithoutExamples() {
        return new HeadOptions(regularization, folds, seed, true);
    }
}
