package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import java.util.List;

/**
 * The grounding of answers in sources, judged without the model that answers: whether the sources can answer a
 * question, which source is nearest to a sentence, and how similar the two are (Rashkin et al. 2021, "attribution to
 * identified sources"). Thread-safe.
 */
public interface Grounding {
    /**
     * Scores how likely the sources answer a question; larger is likelier. The scale is the implementation's own:
     * {@link dev.llmadapt.rag.RagOptions#minAnswerable()} is compared with it, and {@link Threshold} finds a value for
     * it.
     *
     * @param sources the sources, at least one
     */
    double answerable(String question, List<Passage> sources);

    /**
     * Scores how near each source is to a sentence of an answer, in [0, 1], in the order of the sources.
     *
     * @param sources the sources, at least one
     */
    double[] nearness(String question, String sentence, List<Passage> sources);

    /**
     * Scores how similar a statement and a passage are; {@link Thresholds#similarity()} is compared with it.
     *
     * @param question the question that the statement answers
     */
    double similarity(String question, String statement, Passage passage);

    /** The minimal values of {@link #answerable} and {@link #similarity}, unless the options give others. */
    Thresholds thresholds();

    /**
     * A grounding by the vectors of an embedder. {@link #answerable} is the mean of the question's cosines with the
     * nearest passage and with the nearest sentence of a passage. {@link #nearness} is the mean of two values, both
     * scaled to [0, 1] over the sources: the cosine of question and sentence with the nearest sentence of the source,
     * and the score of the source from retrieval. {@link #similarity} is the cosine of the statement with the passage
     * or its nearest sentence; a statement of few words is taken together with its question.
     *
     * <p>The thresholds of {@link Embedder#miniLm} and {@link Embedder#bgeSmall} are calibrated (decision 0072). For
     * another embedder, similarity is that of {@link #byWords}, and no question is refused; {@link #of(Embedder,
     * Thresholds)} takes thresholds for it.
     *
     * @param embedder the embedder; the caller closes it
     */
    static Grounding of(Embedder embedder) {
        return EmbeddedGrounding.of(embedder);
    }

    /** A grounding like {@link #of(Embedder)} with thresholds that were found for the embedder. */
    static Grounding of(Embedder embedder, Thresholds thresholds) {
        return new EmbeddedGrounding(new SentenceVectors(embedder), thresholds);
    }

    /**
     * A grounding by words, without vectors: the share of the words of the question or the statement that the source
     * contains. It refuses no question.
     */
    static Grounding byWords() {
        return WordGrounding.INSTANCE;
    }

    /**
     * The thresholds of a grounding.
     *
     * @param answerable the value below which a question is refused; negative infinity for none
     * @param similarity the value below which a passage does not support a statement
     */
    record Thresholds(double answerable, double similarity) {
        /** Validates the components. */
        public Thresholds {
            if (Double.isNaN(answerable) || Double.isNaN(similarity)) {
                throw new IllegalArgumentException(
                        "thresholds must be numbers, answerable: " + answerable + ", similarity: " + similarity);
            }
        }
    }
}
