package dev.llmadapt.heads;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Learning of linear support vector machines by LIBLINEAR (Fan et al. 2008), one label against the rest. One seed gives
 * the same classifiers, on whatever thread.
 */
final class Liblinear implements Learner {
    /**
     * Where the dual solver stops; scikit-learn's LinearSVC stops at 1e-4, which changes no answer and takes longer.
     */
    private static final double TOLERANCE = 0.01;

    private static final int MAX_ITERATIONS = 1000;

    static {
        Linear.disableDebugOutput(); // it writes to standard output otherwise
    }

    private final Feature[][] rows;
    private final int[][] shares; // of each example: its labels, in equal shares
    private final int labels;
    private final int dimension;
    private final long seed;

    /**
     * The learning from some rows.
     *
     * @param dimension the number of places in a row
     * @param targets the probability of each label in each example, (examples, labels); each label has an example
     */
    Liblinear(List<Row> rows, int dimension, double[][] targets, long seed) {
        this(nodes(rows, dimension), dimension, targets, seed);
    }

    private Liblinear(Feature[][] rows, int dimension, double[][] targets, long seed) {
        this.dimension = dimension;
        this.seed = seed;
        this.labels = targets[0].length;
        this.shares = SoftLabels.shares(targets);
        this.rows = rows;
    }

    /**
     * The learning of each label against the rest. What no row has, or every row, has the same value for all texts.
     *
     * @param targets 0 or 1, (examples, labels)
     */
    static Learner ofSeveral(List<Row> rows, int dimension, double[][] targets, long seed) {
        Feature[][] nodes = nodes(rows, dimension);
        return regularization -> {
            int labels = targets[0].length;
            LinearClassifier all = new LinearClassifier(new float[labels][dimension], new float[labels]);
            for (int label = 0; label < labels; label++) {
                int place = label;
                double[][] one = Arrays.stream(targets)
                        .map(target -> new double[] {target[place], 1 - target[place]})
                        .toArray(double[][]::new);
                long present =
                        Arrays.stream(one).filter(target -> target[0] == 1).count();
                if (present == 0 || present == one.length) {
                    all.bias()[label] = present == 0 ? -1 : 1;
                    continue;
                }
                LinearClassifier learned = new Liblinear(nodes, dimension, one, seed).learn(regularization);
                all.weights()[label] = learned.weights()[0];
                all.bias()[label] = learned.bias()[0];
            }
            return all;
        };
    }

    private static Feature[][] nodes(List<Row> rows, int dimension) {
        return rows.stream().map(row -> nodes(row, dimension)).toArray(Feature[][]::new);
    }

    /** LIBLINEAR counts places from 1; the bias is a further place whose value is always 1. */
    private static Feature[] nodes(Row row, int dimension) {
        int count = row.indices().length;
        Feature[] nodes = new Feature[count + 1];
        for (int i = 0; i < count; i++) {
            nodes[i] = new FeatureNode(row.indices()[i] + 1, row.values()[i]);
        }
        nodes[count] = new FeatureNode(dimension + 1, 1);
        return nodes;
    }

    @Override
    public LinearClassifier learn(double regularization) {
        Problem problem = new Problem();
        int copies = shares[0].length;
        problem.l = rows.length * copies;
        problem.n = dimension + 1;
        problem.x = new Feature[problem.l][];
        problem.y = new double[problem.l];
        for (int i = 0; i < problem.l; i++) {
            problem.x[i] = rows[i / copies];
            problem.y[i] = shares[i / copies][i % copies];
        }
        problem.bias = 1;
        Parameter parameter =
                new Parameter(SolverType.L2R_L2LOSS_SVC_DUAL, regularization / copies, MAX_ITERATIONS, TOLERANCE);
        parameter.setRandom(new Random(seed));
        return classifier(Linear.train(problem, parameter));
    }

    /** LIBLINEAR keeps one function for two labels, whose negative is that of the second. */
    private LinearClassifier classifier(Model model) {
        int[] order = model.getLabels();
        double[] learned = model.getFeatureWeights(); // (dimension + 1, functions)
        int functions = labels == 2 ? 1 : labels;
        LinearClassifier classifier = new LinearClassifier(new float[labels][dimension], new float[labels]);
        for (int i = 0; i < labels; i++) {
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
