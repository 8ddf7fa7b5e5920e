package dev.llmadapt.rag.support;

import java.util.List;

/**
 * The result of checking a statement against a passage.
 *
 * @param standing facts of the statement that stand in the passage
 * @param missing facts of the statement that do not
 * @param similarity how alike both are
 * @param minSimilarity what it must be at least
 */
public record Support(List<Fact> standing, List<Fact> missing, double similarity, double minSimilarity) {
    /** Copies. */
    public Support {
        standing = List.copyOf(standing);
        missing = List.copyOf(missing);
    }

    /** Whether the passage supports the statement: nothing is missing, and both are alike enough. */
    public boolean isSupported() {
        return hasFacts() && similarity >= minSimilarity;
    }

    /** Whether every fact of the statement stands in the passage; true for a statement without any. */
    public boolean hasFacts() {
        return missing.isEmpty();
    }

    /** Why the passage does not support the statement, in a few words; empty if it does. */
    public String reason() {
        if (!hasFacts()) {
            return "not there: "
                    + String.join(", ", missing.stream().map(Fact::text).toList());
        }
        return isSupported() ? "" : "says something else";
    }
}
