package dev.llmadapt.spring.ai;

import java.util.Objects;

/**
 * Options of a store of Spring AI that this library searches.
 *
 * @param minScore the least similarity of a document, in [0, 1], as the store counts it; 0 for all
 * @param title the name of the title among a document's metadata; a passage without it has an empty title
 * @param readers the name of the access list among a document's metadata: the users and groups who may read it, with a
 *     comma between two, or a collection. Everyone may read a document without one, nobody one whose list is empty.
 *     Empty if the store has no access lists, and everyone may read everything
 */
public record StoreOptions(double minScore, String title, String readers) {
    /** Checks the components. */
    public StoreOptions {
        if (!(minScore >= 0 && minScore <= 1)) {
            throw new IllegalArgumentException("minScore must be in [0, 1], minScore: " + minScore);
        }
        Objects.requireNonNull(title, "title must not be null");
        Objects.requireNonNull(readers, "readers must not be null, empty for a store without access lists");
    }

    /** Every score, titles under {@code title}, no access lists. */
    public static StoreOptions defaults() {
        return new StoreOptions(0, Documents.TITLE, "");
    }

    /** These options with another least score. */
    public StoreOptions withMinScore(double minScore) {
        return new StoreOptions(minScore, title, readers);
    }

    /** These options with another name of the title. */
    public StoreOptions withTitle(String title) {
        return new StoreOptions(minScore, title, readers);
    }

    /** These options with access lists under a name. */
    public StoreOptions withReaders(String readers) {
        return new StoreOptions(minScore, title, readers);
    }
}
