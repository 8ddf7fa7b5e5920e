package dev.llmadapt.pilot.results;

/**
 * The shares of answers that stay the same when something is changed that should not matter.
 *
 * @param paraphrase when the question is put in other words
 * @param seed when adapted with another seed; under a budget, to the fewest examples of its curve
 * @param rewording when the instruction is put in other words
 */
public record Stability(Share paraphrase, Share seed, Share rewording) {
    /** Not measured. */
    public static final Stability NONE = new Stability(Share.NONE, Share.NONE, Share.NONE);
}
