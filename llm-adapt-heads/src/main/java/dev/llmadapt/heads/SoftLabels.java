package dev.llmadapt.heads;

import dev.llmadapt.Decision;
import dev.llmadapt.Task;
import java.util.Arrays;
import java.util.List;

/**
 * Examples with several labels in equal shares, which stand for probabilities: LIBLINEAR knows no weight of an example,
 * so that one of 0.7 and 0.3 is learned as eight, six of one label and two of the other.
 */
final class SoftLabels {
    private static final int SHARES = 8;

    private SoftLabels() {}

    /** Examples of one label each, (examples, 1). */
    static int[][] certain(int[] answers) {
        return Arrays.stream(answers).mapToObj(answer -> new int[] {answer}).toArray(int[][]::new);
    }

    /**
     * The shares of the task's labels in each example, (examples, shares); a single share if all are certain.
     *
     * @throws IllegalArgumentException if there are not as many decisions as examples, or one lacks a label
     */
    static int[][] of(Task task, List<Decision> decisions) {
        if (decisions.size() != task.examples().size()) {
            throw new IllegalArgumentException("each example needs a decision, got "
                    + task.examples().size() + " examples and " + decisions.size() + " decisions");
        }
        boolean certain = decisions.stream().allMatch(decision -> decision.probability() == 1);
        return decisions.stream()
                .map(decision -> decision.restrictedTo(task.labels()))
                .map(decision -> shares(decision, certain ? 1 : SHARES))
                .toArray(int[][]::new);
    }

    /** Rounds probabilities to shares by the largest remainders, the first of equals. */
    private static int[] shares(Decision decision, int count) {
        double[] left = decision.choices().stream()
                .mapToDouble(choice -> choice.probability() * count)
                .toArray();
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
