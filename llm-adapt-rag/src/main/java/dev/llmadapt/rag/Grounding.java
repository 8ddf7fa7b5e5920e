package dev.llmadapt.rag;

import dev.llmadapt.Passage;
import java.util.List;

/**
 * What is said of an answer and its sources without asking the model that answers: whether the sources can hold an answer,
 * and which of them a sentence rests on (Rashkin et al. 2021, "attribution to identified sources"). A model that is too
 * small to refuse or to cite refuses and cites all the same. Thread-safe.
 */
public interface Grounding {
    /**
     * How likely the sources hold an answer to a question; larger is likelier. The scale is the implementation's own:
     * {@link RagOptions#leastAnswerable()} is compared with it, and {@link Threshold} finds one.
     *
     * @param sources at least one
     */
    double answerable(String question, List<Passage> sources);

    /**
     * How much each source supports a sentence of the answer to a question, in [0, 1], in the order of the sources.
     *
     * @param sources at least one
     */
    double[] support(String question, String sentence, List<Passage> sources);

    /**
     * By the embedder's vectors. A question is as answerable as its cosine with the nearest passage and the nearest sentence
     * of a passage, the mean of both. A source supports a sentence by the cosine of question and sentence together with its
     * nearest sentence, and by its score from retrieval, both scaled to [0, 1] over the sources; the mean of both.
     *
     * @param embedder stays open, stays the caller's
     */
    static Grounding of(Embedder embedder) {
        return new EmbeddedGrounding(new SentenceVectors(embedder));
    }
}
