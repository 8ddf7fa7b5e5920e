package dev.llmadapt.rag;

import dev.llmadapt.Generation;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.factcheck.Support;
import java.util.List;

/**
 * An answer and the sources that support its statements.
 *
 * @param generation the text as the model wrote it; the quotation if no model was asked
 * @param text the answer: the written text without the numbers in brackets that are no citations, or the refusal
 * @param wording who worded the answer
 * @param sources the passages that the model saw, in the order of their numbers from 1
 * @param citations the statements that a source supports, in the order of the text
 * @param nearest the statements that no source supports, each with its nearest source
 * @param unresolved written numbers that no source has
 * @param refused whether the answer says that the sources do not contain one
 * @param flagged ids of the sources whose text looks like instructions to a model
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
    /** Copies the collections. */
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
     * @param start the position of the statement in the answer's text
     * @param end the position after its last character
     * @param number the number of the source
     * @param passage the source
     * @param support the facts of the statement that the source contains
     * @param written whether the model wrote the citation; otherwise the library found it
     */
    public record Citation(int start, int end, int number, Passage passage, Support support, boolean written) {}

    /**
     * A statement that no source supports, and the source that is nearest to it.
     *
     * @param statement the statement as the model wrote it
     * @param number the number of the source
     * @param passage the source
     * @param support the facts of the statement that the source lacks
     * @param written whether the model cited the source for the statement
     */
    public record Nearest(String statement, int number, Passage passage, Support support, boolean written) {}
}
