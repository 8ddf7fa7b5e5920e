package dev.llmadapt.heads;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A split of examples for cross-validation, which spreads those of each label evenly over the folds. The only example
 * of a label is never held out: nothing could be learned about its label then.
 *
 * @param of the fold that holds out each example, from 0; {@link #NEVER} for one that is in no fold
 * @param count the number of folds; 0 if no label has a second example
 */
record Folds(int[] of, int count) {
    /** The fold of an example that is always learned from. */
    static final int NEVER = -1;

    /**
     * Splits examples.
     *
     * @param labels the label of each example, from 0
     * @param most the largest number of folds; there are fewer where no label has as many examples
     */
    static Folds stratified(int[] labels, int labelCount, int most, long seed) {
        List<List<Integer>> byLabel = new ArrayList<>();
        for (int label = 0; label < labelCount; label++) {
            byLabel.add(new ArrayList<>());
        }
        for (int i = 0; i < labels.length; i++) {
            byLabel.get(labels[i]).add(i);
        }
        int largest = byLabel.stream().mapToInt(List::size).max().orElse(0);
        int count = largest < 2 ? 0 : Math.min(most, largest);
        int[] of = new int[labels.length];
        Random random = new Random(seed);
        int next = 0;
        for (List<Integer> examples : byLabel) {
            Collections.shuffle(examples, random);
            for (int example : examples) {
                of[example] = examples.size() < 2 ? NEVER : next++ % count;
            }
        }
        return new Folds(of, count);
    }

    /** The examples to learn from while a fold is held out. */
    int[] learned(int fold) {
        return IntStream.range(0, of.length).filter(i -> of[i] != fold).toArray();
    }

    /** The examples that a fold holds out. */
    int[] heldOut(int fold) {
        return IntStream.range(0, of.length).filter(i -> of[i] == fold).toArray();
    }
}
