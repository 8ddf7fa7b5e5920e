package dev.llmadapt.heads;

import java.util.List;

/** The learning of linear classifiers from some rows, for one value of C after another. For one thread. */
interface Learner {
    /**
     * Learns a classifier.
     *
     * @param regularization C: how much an error costs beside large weights
     */
    LinearClassifier learn(double regularization);

    /**
     * The learning for a loss.
     *
     * @param dimension the number of places in a row
     * @param targets the probability of each label in each example, (examples, labels)
     * @param seed of the order in which examples are looked at, where that matters
     */
    static Learner of(Features.Loss loss, List<Row> rows, int dimension, double[][] targets, long seed) {
        return loss == Features.Loss.SQUARED_HINGE
                ? new Liblinear(rows, dimension, targets, seed)
                : new LogisticRegression(rows, targets, false);
    }

    /**
     * The learning of each label against the rest, where an example has any number of labels.
     *
     * @param targets 0 or 1, (examples, labels)
     */
    static Learner ofSeveral(Features.Loss loss, List<Row> rows, int dimension, double[][] targets, long seed) {
        return loss == Features.Loss.SQUARED_HINGE
                ? Liblinear.ofSeveral(rows, dimension, targets, seed)
                : new LogisticRegression(rows, targets, true);
    }
}
