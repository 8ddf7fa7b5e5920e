package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Task;
import java.util.List;

/**
 * Variants of a candidate, of which a pilot takes the best by training examples that were held back. Each is a
 * candidate of its own, in the words of {@link StrategyCatalog}, so that it can be named, saved and asked for.
 *
 * <p>A proposer must come to the same variants for the same candidate and task: a run that was stopped asks again.
 */
@FunctionalInterface
public interface Variants {
    /**
     * The variants.
     *
     * @param candidate the candidate
     * @param task with the examples that a variant may rest on; those that judge it are not among them
     * @return the variants without the candidate itself; none where it has none
     */
    List<Candidate> of(Candidate candidate, Task task);

    /**
     * Whether a candidate may have variants: whatever shows an instruction to a language model and trains nothing,
     * unless its wording is written. Asked of all candidates before any is measured, so it takes no time.
     */
    default boolean mayHave(Candidate candidate) {
        return !candidate.rewritten(Wording::of).isEmpty();
    }

    /** The catalog's other wordings of the instruction, for what shows it to a language model and trains nothing. */
    static Variants wordings() {
        return (candidate, task) -> candidate.rewritten(Wording::of);
    }
}
