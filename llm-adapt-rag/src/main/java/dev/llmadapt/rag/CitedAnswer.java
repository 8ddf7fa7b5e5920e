package dev.llmadapt.rag;

import dev.llmadapt.Generation;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.support.Support;
import java.util.List;

/**
 * An answer with what it rests on.
 *
 * @param generation what the model wrote, as it wrote it; the quotation where no model was asked
 * @param text the answer: what was written without the numbers in brackets that are no citation, or the refusal
 * @param wording who worded it
 * @param sources the passages that were shown, in the order of their numbers from 1
 * @param citations statements of the answer that a source supports, in their order
 * @param nearest statements that no source supports, each with the source that is nearest to it: no citations
 * @param unresolved numbers that were written and no source has
 * @param refused whether the answer is that the sources do not hold it
 * @param flagged ids of the sources that hold text that looks like instructions to a model
 */
public record CitedAnswer(
        Generation generation,
        String text,
        RagOptions.Wording wording,
        List<Passage> sources,
        List<Citation> citations,
        List<Nearest> nearest,
        List<Integer> unresolved,
        boolean refused,
        List<String> flagged) {
    /** Copies. */
    public CitedAnswer {
        sources = List.copyOf(sources);
        citations = List.copyOf(citations);
        nearest = List.copyOf(nearest);
        unresolved = List.copyOf(unresolved);
        flagged = List.copyOf(flagged);
    }

    /**
     * A statement and the source that supports it.
     *
     * @param start where the statement begins in the answer's text
     * @param end the character after it
     * @param number of the source
     * @param passage the source
     * @param support what of the statement was found in the source
     * @param written whether the model cited the source itself; otherwise the library found it
     */
    public record Citation(int start, int end, int number, Passage passage, Support support, boolean written) {}

    /**
     * A statement that no source supports, and the source that is nearest to it.
     *
     * @param statement as the model wrote it
     * @param number of the source
     * @param passage the source
     * @param support what of the statement is not in the source
     * @param written whether the model cited the source for it
     */
    public record Nearest(String statement, int number, Passage passage, Support support, boolean written) {}
}
