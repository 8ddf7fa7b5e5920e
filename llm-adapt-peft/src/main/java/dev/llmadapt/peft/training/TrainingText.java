package dev.llmadapt.peft.training;

/**
 * A text to learn from.
 *
 * @param ids its tokens, at least two; of a text with a label at least one
 * @param learned for each token whether it is learned: predicted from those before it. The first never is
 * @param label the class that is learned at the last token, from 0; or {@link #NO_LABEL}
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingText(int[] ids, boolean[] learned, int label) {
    /** The label of a text whose tokens are learned. */
    public static final int NO_LABEL = -1;

    /** Checks the components. */
    public TrainingText {
        if (learned.length != ids.length || ids.length < (label < 0 ? 2 : 1) || learned[0]) {
            throw new IllegalArgumentException("expected at least two tokens, or one and a label, and for each but the"
                    + " first whether it is learned, got " + ids.length + " tokens and " + learned.length + " marks");
        }
    }

    /** A text whose tokens are learned. */
    public TrainingText(int[] ids, boolean[] learned) {
        this(ids, learned, NO_LABEL);
    }

    /** A text of which only the label is learned. */
    public static TrainingText labelled(int[] ids, int label) {
        if (label < 0) {
            throw new IllegalArgumentException("a label must be 0 or more, label: " + label);
        }
        return new TrainingText(ids, new boolean[ids.length], label);
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
