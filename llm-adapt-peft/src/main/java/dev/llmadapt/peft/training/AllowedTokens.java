package dev.llmadapt.peft.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * The tokens with which an answer can go on that is one of some labels: what a constrained answer is chosen from, and a
 * loss over choices is normalised over.
 */
public final class AllowedTokens {
    private final List<int[]> labels;

    /**
     * Some labels.
     *
     * @param labels the tokens of each, without an end
     * @param end the token that ends an answer
     */
    public AllowedTokens(List<int[]> labels, int end) {
        this.labels = labels.stream()
                .map(label -> {
                    int[] ended = Arrays.copyOf(label, label.length + 1);
                    ended[label.length] = end;
                    return ended;
                })
                .toList();
    }

    /**
     * The tokens that may stand at each place of an answer, given what is before; sorted.
     *
     * @param answer the tokens of one of the labels, and the end
     * @throws IllegalArgumentException if it is none of the labels
     */
    public List<int[]> of(int[] answer) {
        if (labels.stream().noneMatch(label -> Arrays.equals(label, answer))) {
            throw new IllegalArgumentException("an answer is one of the labels and its end, got other tokens");
        }
        List<int[]> allowed = new ArrayList<>();
        for (int i = 0; i < answer.length; i++) {
            TreeSet<Integer> next = new TreeSet<>();
            for (int[] label : labels) {
                if (label.length > i && Arrays.equals(label, 0, i, answer, 0, i)) {
                    next.add(label[i]);
                }
            }
            allowed.add(next.stream().mapToInt(Integer::intValue).toArray());
        }
        return allowed;
    }
}
