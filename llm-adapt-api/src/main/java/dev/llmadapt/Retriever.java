package dev.llmadapt;

import java.util.List;
import java.util.Optional;

/**
 * A search over a corpus of passages. Thread-safe. The laws every implementation keeps are in
 * {@code RetrieverContract}, in the tests of {@code llm-adapt-rag}.
 */
@FunctionalInterface
public interface Retriever {
    /** Finds at most {@link Query#limit()} passages that the query {@linkplain Query#admits admits}, best first. */
    List<Passage> retrieve(Query query);

    /**
     * Explains the score of a passage for a query; empty when the query does not find it. It may cost as much as a
     * search.
     *
     * @param id the passage's id
     */
    default Optional<ScoreExplanation> explain(Query query, String id) {
        List<Passage> found = retrieve(query);
        for (int rank = 1; rank <= found.size(); rank++) {
            if (found.get(rank - 1).id().equals(id)) {
                return Optional.of(new ScoreExplanation(
                        found.get(rank - 1).score(), "the score at rank " + rank + " of " + found.size()));
            }
        }
        return Optional.empty();
    }
}
