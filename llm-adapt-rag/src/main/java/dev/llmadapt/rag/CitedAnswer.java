package dev.llmadapt.rag;

import dev.llmadapt.Generation;
import dev.llmadapt.Passage;
import java.util.List;

/**
 * An answer with what it rests on.
 *
 * @param generation the answer as the model wrote it
 * @param sources the passages that were shown, in the order of their numbers from 1
 * @param citations where the answer cites them
 * @param unresolved numbers that the answer cites and no source has
 * @param refused whether the answer is that the sources do not hold it
 * @param flagged ids of the sources that hold text that looks like instructions to a model
 */
public record CitedAnswer(
        Generation generation,
        List<Passage> sources,
        List<Citation> citations,
        List<Integer> unresolved,
        boolean refused,
        List<String> flagged) {
    /** Copies. */
    public CitedAnswer {
        sources = List.copyOf(sources);
        citations = List.copyOf(citations);
        unresolved = List.copyOf(unresolved);
        flagged = List.copyOf(flagged);
    }

    /** The answer's words. */
    public String text() {
        return generation.text();
    }

    /**
     * A citation.
     *
     * @param start where its bracket, or the sentence, begins in the answer
     * @param end the character after it
     * @param number of the source
     * @param passage the source
     * @param attributed whether the model did not write it: a {@link Grounding} found the source of the sentence from start
     *     to end
     */
    public record Citation(int start, int end, int number, Passage passage, boolean attributed) {
        /** One that the model wrote. */
        public Citation(int start, int end, int number, Passage passage) {
            this(start, end, number, passage, false);
        }
    }
}
