package dev.llmadapt.heads;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Learning of linear classifiers by LIBLINEAR (Fan et al. 2008), one label against the rest. One seed and one order of
 * calls give the same classifiers, on whatever thread. For one thread.
 */
final class Liblinear {
    /**
     * Where the dual solver stops; scikit-learn's LinearSVC stops at 1e-4, which changes no answer and takes longer.
     */
    private static final double SVM_TOLERANCE = 0.01;

    private static final double LOGISTIC_TOLERANCE = 0.01;
    private static final int MAX_ITERATIONS = 1000;

    static {
        Linear.disableDebugOutput(); // it writes to standard output otherwise
    }

    private final Features.Loss loss;
    private final Feature[][] rows;
    private final int dimension;
    private final long seed;
    private double @Nullable [] last;

    /**
     * The learning from some rows.
     *
     * @param dimension the number of places in a row
     */
    Liblinear(Features.Loss loss, List<Row> rows, int dimension, long seed) {
        this.loss = loss;
        this.dimension = dimension;
        this.seed = seed;
        this.rows = rows.stream().map(this::nodes).toArray(Feature[][]::new);
    }

    /** LIBLINEAR counts places from 1; the bias is a further place whose value is always 1. */
    private Feature[] nodes(Row row) {
        int count = row.indices().length;
        Feature[] nodes = new Feature[count + 1];
        for (int i = 0; i < count; i++) {
            nodes[i] = new FeatureNode(row.indices()[i] + 1, row.values()[i]);
        }
        nodes[count] = new FeatureNode(dimension + 1, 1);
        return nodes;
    }

    /**
     * Learns a classifier.
     *
     * @param labels the labels of each row in equal shares, from 0, (rows, shares)
     * @param labelCount the number of labels, each with a row at least, two or more
     * @param regularization C: how much an error costs beside large weights
     */
    LinearClassifier learn(int[][] labels, int labelCount, double regularization) {
        Problem problem = new Problem();
        int shares = labels[0].length;
        problem.l = rows.length * shares;
        problem.n = dimension + 1;
        problem.x = new Feature[problem.l][];
        problem.y = new double[problem.l];
        for (int i = 0; i < problem.l; i++) {
            problem.x[i] = rows[i / shares];
            problem.y[i] = labels[i / shares][i % shares];
        }
        problem.bias = 1;
        boolean logistic = loss == Features.Loss.LOGISTIC;
        Parameter parameter = new Parameter(
                logistic ? SolverType.L2R_LR : SolverType.L2R_L2LOSS_SVC_DUAL,
                regularization / shares,
                MAX_ITERATIONS,
                logistic ? LOGISTIC_TOLERANCE : SVM_TOLERANCE);
        parameter.setRandom(new Random(seed));
        if (logistic && last != null) {
            parameter.setInitSol(last); // that of a neighbouring C, from which it is not far
        }
        Model model = Linear.train(problem, parameter);
        last = model.getFeatureWeights();
        return classifier(model, labelCount);
    }

    /** LIBLINEAR keeps one function for two labels, whose negative is that of the second. */
    private LinearClassifier classifier(Model model, int labelCount) {
        int[] order = model.getLabels();
        double[] learned = model.getFeatureWeights(); // (dimension + 1, functions)
        int functions = labelCount == 2 ? 1 : labelCount;
        LinearClassifier classifier = new LinearClassifier(new float[labelCount][dimension], new float[labelCount]);
        for (int i = 0; i < labelCount; i++) {
            int function = Math.min(i, functions - 1);
            int sign = i == function ? 1 : -1;
            for (int place = 0; place < dimension; place++) {
                classifier.weights()[order[i]][place] = (float) (sign * learned[place * functions + function]);
            }
            classifier.bias()[order[i]] = (float) (sign * learned[dimension * functions + function]);
        }
        return classifier;
    }
}
