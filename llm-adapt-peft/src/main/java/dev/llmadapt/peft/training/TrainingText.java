package dev.llmadapt.peft.training;

import java.util.Arrays;
import java.util.List;

/**
 * A text to learn from.
 *
 * @param ids its tokens, at least two; of a text with a label at least one
 * @param learned for each token whether it is learned: predicted from those before it. The first never is
 * @param label the class that is learned at the last token, from 0; or {@link #NO_LABEL}
 * @param choices the tokens that compete at each learned token, itself among them, in the order of the text; empty
 *     where the whole vocabulary does
 * @param probabilities of all classes, which are learned in place of the label; empty where it is certain
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingText(int[] ids, boolean[] learned, int label, List<int[]> choices, float[] probabilities) {
    /** The label of a text whose tokens are learned. */
    public static final int NO_LABEL = -1;

    private static final float[] CERTAIN = {};
    private static final double TOLERANCE = 1e-3;

    /** Checks the components. */
    public TrainingText {
        if (learned.length != ids.length || ids.length < (label < 0 ? 2 : 1) || learned[0]) {
            throw new IllegalArgumentException("expected at least two tokens, or one and a label, and for each but the"
                    + " first whether it is learned, got " + ids.length + " tokens and " + learned.length + " marks");
        }
        choices = List.copyOf(choices);
        if (!choices.isEmpty()) {
            check(ids, learned, choices);
        }
    }

    private static void check(int[] ids, boolean[] learned, List<int[]> choices) {
        int at = 0;
        for (int i = 0; i < ids.length; i++) {
            if (!learned[i]) {
                continue;
            }
            int id = ids[i];
            if (at == choices.size() || Arrays.stream(choices.get(at)).noneMatch(each -> each == id)) {
                throw new IllegalArgumentException("the choices at each learned token must have it among them, not so"
                        + " at token " + i + " of " + ids.length);
            }
            at++;
        }
        if (at < choices.size()) {
            throw new IllegalArgumentException(
                    "expected choices for each of " + at + " learned tokens, got " + choices.size());
        }
    }

    /** A text whose tokens are learned, against the whole vocabulary. */
    public TrainingText(int[] ids, boolean[] learned) {
        this(ids, learned, NO_LABEL, List.of(), CERTAIN);
    }

    /** Returns this text with tokens that compete at each learned one. */
    public TrainingText withChoices(List<int[]> choices) {
        return new TrainingText(ids, learned, label, choices, probabilities);
    }

    /** A text of which only the label is learned. */
    public static TrainingText labelled(int[] ids, int label) {
        if (label < 0) {
            throw new IllegalArgumentException("a label must be 0 or more, label: " + label);
        }
        return new TrainingText(ids, new boolean[ids.length], label, List.of(), CERTAIN);
    }

    /**
     * Returns this text, of which the probabilities of all classes are learned in place of the label.
     *
     * @param probabilities of each class, which add up to 1
     */
    public TrainingText withProbabilities(float[] probabilities) {
        double sum = 0;
        for (float each : probabilities) {
            sum += each >= 0 ? each : Double.NaN;
        }
        if (label < 0 || label >= probabilities.length || !(Math.abs(sum - 1) < TOLERANCE)) {
            throw new IllegalArgumentException("expected the probabilities of classes of which one is the label "
                    + label + ", adding up to 1, got " + Arrays.toString(probabilities));
        }
        return new TrainingText(ids, learned, label, choices, probabilities.clone());
    }

    /** Returns this text with its label alone, as it is measured. */
    public TrainingText withoutProbabilities() {
        return new TrainingText(ids, learned, label, choices, CERTAIN);
    }

    /** The first token that is learned, or how many there are. */
    public int firstLearned() {
        int first = 0;
        while (first < learned.length && !learned[first]) {
            first++;
        }
        return first;
    }

    /** How many tokens are learned, and labels. */
    public int learnedTokens() {
        int count = label < 0 ? 0 : 1;
        for (boolean each : learned) {
            count += each ? 1 : 0;
        }
        return count;
    }
}
