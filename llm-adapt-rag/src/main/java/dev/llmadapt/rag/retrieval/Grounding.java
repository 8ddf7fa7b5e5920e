package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import java.util.List;

/**
 * What is said of an answer and its sources without asking the model that answers: whether the sources can hold an
 * answer, which of them a sentence is nearest to, and how alike both are (Rashkin et al. 2021, "attribution to
 * identified sources"). Thread-safe.
 */
public interface Grounding {
    /**
     * How likely the sources hold an answer to a question; larger is likelier. The scale is the implementation's own:
     * {@link dev.llmadapt.rag.RagOptions#minAnswerable()} is compared with it, and {@link Threshold} finds one.
     *
     * @param sources at least one
     */
    double answerable(String question, List<Passage> sources);

    /**
     * How near each source is to a sentence of the answer to a question, in [0, 1], in the order of the sources.
     *
     * @param sources at least one
     */
    double[] nearness(String question, String sentence, List<Passage> sources);

    /**
     * How alike what a statement says and what a passage says are; {@link Thresholds#similarity()} is compared with it.
     *
     * @param question what the statement answers
     */
    double similarity(String question, String statement, Passage passage);

    /** What {@link #answerable} and {@link #similarity} must be at least, unless the options say otherwise. */
    Thresholds thresholds();

    /**
     * By the embedder's vectors. A question is as answerable as its cosine with the nearest passage and the nearest
     * sentence of a passage, the mean of both. A source is near to a sentence by the cosine of question and sentence
     * together with its nearest sentence, and by its score from retrieval, both scaled to [0, 1] over the sources; the
     * mean of both. A statement is as similar to a passage as its cosine with the passage or its nearest sentence; one
     * of few words together with the question.
     *
     * <p>The thresholds of {@link Embedder#miniLm} and {@link Embedder#bgeSmall} are calibrated (decision 0072). Of
     * another embedder, similarity is that of {@link #byWords}, and no question is refused; give its own by
     * {@link #of(Embedder, Thresholds)}.
     *
     * @param embedder stays open, stays the caller's
     */
    static Grounding of(Embedder embedder) {
        return EmbeddedGrounding.of(embedder);
    }

    /** As {@link #of(Embedder)}, by thresholds that were found for the embedder. */
    static Grounding of(Embedder embedder, Thresholds thresholds) {
        return new EmbeddedGrounding(new SentenceVectors(embedder), thresholds);
    }

    /**
     * By words, without vectors: shares of the words of the question or the statement that stand in a source. It finds
     * no question unanswerable.
     */
    static Grounding byWords() {
        return WordGrounding.INSTANCE;
    }

    /**
     * What must be reached.
     *
     * @param answerable below it a question is refused; negative infinity refuses none
     * @param similarity below it a passage does not support a statement
     */
    record Thresholds(double answerable, double similarity) {
        /** Refuses components that are missing or out of their range. */
        public Thresholds {
            if (Double.isNaN(answerable) || Double.isNaN(similarity)) {
                throw new IllegalArgumentException(
                        "thresholds must be numbers, answerable: " + answerable + ", similarity: " + similarity);
            }
        }
    }
}
