package dev.llmadapt.local.decoding;

/** A choice of each next token of one answer from its logits; holds the state of that answer. Not thread-safe. */
interface Chooser {
    /** The id that ends an answer. */
    int END = -1;

    /**
     * Chooses the next token.
     *
     * @param logits of every token of the vocabulary; the chooser may change them
     * @return its id, or {@link #END}
     */
    int choose(float[] logits);

    /**
     * Returns tokens that will probably be the next choices, because the text of the answer can go on in one way only;
     * none where it can go on in several.
     *
     * @param most how many tokens at most
     */
    default int[] forced(int most) {
        return new int[0];
    }

    /** Whether the answer is complete with the tokens chosen so far, and no further logits are needed. */
    default boolean complete() {
        return false;
    }
}
