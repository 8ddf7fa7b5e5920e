package dev.llmadapt;

import java.util.Objects;
import java.util.Set;

/**
 * What to look for.
 *
 * @param text in the words of whoever asks
 * @param limit the most passages to return, at least 1
 * @param principals who asks: the user and the groups they are in. Passages with an access list that names none of them
 *     are not found
 * @param filter what a passage's metadata must be
 */
public record Query(String text, int limit, Set<String> principals, Filter filter) {
    /** Checks and copies. */
    public Query {
        Objects.requireNonNull(text, "text must not be null");
        Objects.requireNonNull(filter, "filter must not be null");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, limit: " + limit);
        }
        principals = checkPrincipals(principals);
    }

    /**
     * Copies principals, and refuses what names nobody: an empty name is a bug of whoever builds them, not a public reader.
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
        this(text, limit, Set.of(), Filter.all());
    }

    /** The same in other words. */
    public Query withText(String text) {
        return new Query(text, limit, principals, filter);
    }

    /** The same with another limit. */
    public Query withLimit(int limit) {
        return new Query(text, limit, principals, filter);
    }

    /** The same asked by someone else. */
    public Query withPrincipals(Set<String> principals) {
        return new Query(text, limit, principals, filter);
    }

    /** The same with another filter. */
    public Query withFilter(Filter filter) {
        return new Query(text, limit, principals, filter);
    }

    /** Whether a passage may be returned: the access list and the filter let it pass. */
    public boolean admits(Passage passage) {
        return passage.readableBy(principals) && filter.test(passage.metadata());
    }
}
