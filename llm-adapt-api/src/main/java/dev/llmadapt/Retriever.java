package dev.llmadapt;

import java.util.List;

/** Finds the passages of a corpus that belong to a query. Thread-safe. */
@FunctionalInterface
public interface Retriever {
    /** At most {@link Query#limit()} passages, the best first. */
    List<Passage> retrieve(Query query);
}
