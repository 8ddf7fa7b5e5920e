package dev.llmadapt.rag.factcheck;

import java.util.List;

/**
 * The support of a statement by a passage.
 *
 * @param standing the facts of the statement that the passage contains
 * @param missing the facts of the statement that the passage lacks
 * @param similarity the similarity of the two
 * @param minSimilarity the minimal similarity of a supported statement
 */
public record Support(List<Fact> standing, List<Fact> missing, double similarity, double minSimilarity) {
    /** Copies the collections. */
    public Support {
        standing = List.copyOf(standing);
        missing = List.copyOf(missing);
    }

    /** Whether the passage supports the statement: no fact is missing, and the two are similar enough. */
    public boolean isSupported() {
        return hasFacts() && similarity >= minSimilarity;
    }

    /** Whether the passage contains every fact of the statement; true for a statement without facts. */
    public boolean hasFacts() {
        return missing.isEmpty();
    }

    /** Returns the reason why the passage does not support the statement, in a few words; empty if it does. */
    public String reason() {
        if (!hasFacts()) {
            return "not there: "
                    + String.join(", ", missing.stream().map(Fact::text).toList());
        }
        return isSupported() ? "" : "says something else";
    }
}
