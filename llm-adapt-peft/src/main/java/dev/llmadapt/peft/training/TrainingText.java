package dev.llmadapt.peft.training;

/**
 * A text to learn from.
 *
 * @param ids its tokens, at least two
 * @param learned for each token whether it is learned: predicted from those before it. The first never is
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainingText(int[] ids, boolean[] learned) {
    /** Checks the components. */
    public TrainingText {
        if (ids.length < 2 || learned.length != ids.length || learned[0]) {
            throw new IllegalArgumentException("expected at least two tokens, and for each but the first whether it is"
                    + " learned, got " + ids.length + " tokens and " + learned.length + " marks");
        }
    }

    /** The first token that is learned, or how many there are. */
    public int firstLearned() {
        int first = 0;
        while (first < learned.length && !learned[first]) {
            first++;
        }
        return first;
    }

    /** How many tokens are learned. */
    public int learnedTokens() {
        int count = 0;
        for (boolean each : learned) {
            count += each ? 1 : 0;
        }
        return count;
    }
}
