package dev.llmadapt;

import java.util.List;
import java.util.Optional;

/**
 * Finds the passages of a corpus that belong to a query. Thread-safe. The laws every implementation keeps are in
 * {@code RetrieverContract}, in the tests of {@code llm-adapt-rag}.
 */
@FunctionalInterface
public interface Retriever {
    /** At most {@link Query#limit()} passages that the query {@linkplain Query#admits admits}, the best first. */
    List<Passage> retrieve(Query query);

    /**
     * Why a passage has its score for a query, or empty when the query does not find it. May be as costly as a search.
     *
     * @param id the passage's id
     */
    default Optional<Explanation> explain(Query query, String id) {
        List<Passage> found = retrieve(query);
        for (int rank = 1; rank <= found.size(); rank++) {
            if (found.get(rank - 1).id().equals(id)) {
                return Optional.of(new Explanation(
                        found.get(rank - 1).score(), "the score at rank " + rank + " of " + found.size()));
            }
        }
        return Optional.empty();
    }
}
