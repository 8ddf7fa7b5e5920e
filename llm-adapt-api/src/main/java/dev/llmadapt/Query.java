package dev.llmadapt;

import java.util.Objects;
import java.util.Set;

/**
 * A search for passages: the question, who asks it, and what may be found.
 *
 * @param text the question, in the words of whoever asks
 * @param limit the maximum number of passages to return, at least 1
 * @param principals who asks: the user and the groups they are in. Passages with an access list that names none of them
 *     are not found
 * @param filter the condition on a passage's metadata
 */
public record Query(String text, int limit, Set<String> principals, MetadataFilter filter) {
    /** Validates the components and copies the principals. */
    public Query {
        Objects.requireNonNull(text, "text must not be null");
        Objects.requireNonNull(filter, "filter must not be null");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, limit: " + limit);
        }
        principals = checkPrincipals(principals);
    }

    /**
     * Copies principals and refuses blank names: a blank name is a bug of the caller, not a reader of public passages.
     *
     * @throws IllegalArgumentException if one is blank
     */
    public static Set<String> checkPrincipals(Set<String> principals) {
        Set<String> copy = Set.copyOf(Objects.requireNonNull(
                principals, "principals must not be null; an empty set is nobody in particular"));
        if (copy.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "a principal must have a name, got a blank one among " + copy.size() + "; leave it out");
        }
        return copy;
    }

    /** A query by nobody in particular, who finds what everyone may read, without a filter. */
    public Query(String text, int limit) {
        this(text, limit, Set.of(), MetadataFilter.all());
    }

    /** This query with another text. */
    public Query withText(String text) {
        return new Query(text, limit, principals, filter);
    }

    /** This query with another limit. */
    public Query withLimit(int limit) {
        return new Query(text, limit, principals, filter);
    }

    /** This query asked by someone else. */
    public Query withPrincipals(Set<String> principals) {
        return new Query(text, limit, principals, filter);
    }

    /** This query with another filter. */
    public Query withFilter(MetadataFilter filter) {
        return new Query(text, limit, principals, filter);
    }

    /** Whether a passage may be returned: its access list and the filter allow it. */
    public boolean admits(Passage passage) {
        return passage.readableBy(principals) && filter.test(passage.metadata());
    }
}
