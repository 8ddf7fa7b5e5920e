package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.Task;
import java.util.Arrays;
import java.util.List;

/** The labels of examples as probabilities, (examples, labels). */
final class SoftLabels {
    private static final int SHARES = 8;

    private SoftLabels() {}

    /** Examples of one label each. */
    static double[][] certain(int[] answers, int labels) {
        double[][] targets = new double[answers.length][labels];
        for (int i = 0; i < answers.length; i++) {
            targets[i][answers[i]] = 1;
        }
        return targets;
    }

    /**
     * The probabilities of some of the task's labels, in their order, made to add up to 1.
     *
     * @param labels the labels that are learned
     * @throws IllegalArgumentException if there are not as many decisions as examples, or one lacks a label
     */
    static double[][] of(Task task, List<String> labels, List<Decision> decisions) {
        if (decisions.size() != task.examples().size()) {
            throw new IllegalArgumentException("each example needs a decision, got "
                    + task.examples().size() + " examples and " + decisions.size() + " decisions");
        }
        return decisions.stream()
                .map(decision -> decision.restrictedTo(task.labels()).restrictedTo(labels))
                .map(decision -> decision.choices().stream()
                        .mapToDouble(Decision.Choice::probability)
                        .toArray())
                .toArray(double[][]::new);
    }

    /**
     * Each example as several of one label each, in equal shares, (examples, shares): LIBLINEAR knows no weight of an
     * example, so that one of 0.7 and 0.3 is learned as eight, six of one label and two of the other. A single share if
     * all are certain.
     */
    static int[][] shares(double[][] targets) {
        boolean certain = Arrays.stream(targets).allMatch(target -> target[HeadLearning.best(target)] == 1);
        return Arrays.stream(targets)
                .map(target -> shares(target, certain ? 1 : SHARES))
                .toArray(int[][]::new);
    }

    /** Rounds probabilities to shares by the largest remainders, the first of equals. */
    private static int[] shares(double[] target, int count) {
        double[] left = Arrays.stream(target).map(share -> share * count).toArray();
        int[] shares = new int[count];
        int given = 0;
        for (int label = 0; label < left.length; label++) {
            for (; left[label] >= 1 && given < count; left[label]--) {
                shares[given++] = label;
            }
        }
        while (given < count) {
            int most = HeadLearning.best(left);
            left[most]--;
            shares[given++] = most;
        }
        return shares;
    }
}
