package dev.llmadapt.heads;

import java.util.List;

/**
 * Logistic regression with squared weights as penalty and free biases, learned for all labels together: the minimum of
 * scikit-learn's {@code LogisticRegression(C=C)}, multinomial, or of one such regression a label. It begins with what
 * it learned last, which saves most of the steps where C differs little. For one thread.
 */
final class LogisticRegression implements Learner {
    private static final Lbfgs SOLVER = new Lbfgs(1e-5, 2000);

    private final boolean several;
    private final DenseMatrix rows; // (examples, dimension + 1); the last column is 1, for the bias
    private final double[] targets; // (examples, labels)
    private final int labels;
    private final Lbfgs solver;
    private final double[] weights; // (dimension + 1, labels)

    /**
     * The learning from some rows.
     *
     * @param rows dense ones
     * @param targets the probability of each label in each example, (examples, labels)
     * @param several whether an example has any number of the labels, each by itself, instead of one
     */
    LogisticRegression(List<Row> rows, double[][] targets, boolean several) {
        this(rows, targets, several, SOLVER);
    }

    LogisticRegression(List<Row> rows, double[][] targets, boolean several, Lbfgs solver) {
        this.several = several;
        this.solver = solver;
        this.labels = targets[0].length;
        int columns = rows.get(0).values().length + 1;
        double[] values = new double[rows.size() * columns];
        this.targets = new double[rows.size() * labels];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).values(), 0, values, i * columns, columns - 1);
            values[i * columns + columns - 1] = 1;
            System.arraycopy(targets[i], 0, this.targets, i * labels, labels);
        }
        this.rows = new DenseMatrix(values, rows.size(), columns);
        this.weights = new double[columns * labels];
    }

    @Override
    public LinearClassifier learn(double regularization) {
        // Two labels have one vector w in scikit-learn, w/2 and -w/2 here, whose squares are half as much.
        double c = !several && labels == 2 ? regularization / 2 : regularization;
        double penalty = 1 / (c * rows.rows());
        double[] scores = new double[targets.length];
        solver.minimize((point, gradient) -> value(point, gradient, scores, penalty), weights);
        int dimension = rows.columns() - 1;
        LinearClassifier classifier = new LinearClassifier(new float[labels][dimension], new float[labels]);
        for (int label = 0; label < labels; label++) {
            for (int k = 0; k < dimension; k++) {
                classifier.weights()[label][k] = (float) weights[k * labels + label];
            }
            classifier.bias()[label] = (float) weights[dimension * labels + label];
        }
        return classifier;
    }

    /** The mean loss of the examples with the penalty, and its gradient. */
    private double value(double[] point, double[] gradient, double[] scores, double penalty) {
        rows.times(point, labels, scores);
        double sum = 0;
        for (int i = 0; i < rows.rows(); i++) {
            sum += several ? sigmoid(scores, i * labels) : softmax(scores, i * labels);
        }
        rows.transposedTimes(scores, labels, gradient);
        double squares = 0;
        int biases = (rows.columns() - 1) * labels;
        for (int k = 0; k < biases; k++) {
            squares += point[k] * point[k];
            gradient[k] = gradient[k] / rows.rows() + penalty * point[k];
        }
        for (int k = biases; k < gradient.length; k++) {
            gradient[k] /= rows.rows();
        }
        return sum / rows.rows() + penalty / 2 * squares;
    }

    /** Returns the loss of one example, and replaces its scores by the derivatives. */
    private double softmax(double[] scores, int first) {
        double highest = Double.NEGATIVE_INFINITY;
        double right = 0;
        for (int i = first; i < first + labels; i++) {
            highest = Math.max(highest, scores[i]);
            right += targets[i] * scores[i];
        }
        double sum = 0;
        for (int i = first; i < first + labels; i++) {
            scores[i] = Math.exp(scores[i] - highest);
            sum += scores[i];
        }
        for (int i = first; i < first + labels; i++) {
            scores[i] = scores[i] / sum - targets[i];
        }
        return highest + Math.log(sum) - right;
    }

    private double sigmoid(double[] scores, int first) {
        double sum = 0;
        for (int i = first; i < first + labels; i++) {
            double score = scores[i];
            double small = Math.exp(-Math.abs(score));
            sum += Math.max(score, 0) + Math.log1p(small) - targets[i] * score;
            scores[i] = (score >= 0 ? 1 : small) / (1 + small) - targets[i];
        }
        return sum;
    }
}
