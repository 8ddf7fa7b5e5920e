package dev.llmadapt.langchain4j;

import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.rag.query.Metadata;
import dev.langchain4j.rag.query.Query;
import dev.llmadapt.MetadataFilter;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Options of a retriever of this library that LangChain4j asks.
 *
 * @param maxResults the most passages for a query, at least 1
 * @param principals tells who asks, from a query of LangChain4j: the user and the groups they are in. Passages with an
 *     access list that names none of them are not found
 * @param filter tells the condition on the passages' metadata, from a query of LangChain4j
 */
public record ContentOptions(
        int maxResults, Function<Query, Set<String>> principals, Function<Query, MetadataFilter> filter) {
    /**
     * The name among a call's {@link InvocationParameters} under which {@link #defaults()} looks for who asks: a
     * {@code String}, or a collection of them.
     */
    public static final String PRINCIPALS = "llm-adapt.principals";

    /** Checks the components. */
    public ContentOptions {
        if (maxResults < 1) {
            throw new IllegalArgumentException("maxResults must be at least 1, maxResults: " + maxResults);
        }
        Objects.requireNonNull(principals, "principals must not be null");
        Objects.requireNonNull(filter, "filter must not be null");
    }

    /**
     * Five passages, no filter; who asks stands under {@value #PRINCIPALS} in the call's invocation parameters, and is
     * nobody in particular where it does not.
     */
    public static ContentOptions defaults() {
        return new ContentOptions(5, ContentOptions::invoking, query -> MetadataFilter.all());
    }

    /** These options with another number of passages. */
    public ContentOptions withMaxResults(int maxResults) {
        return new ContentOptions(maxResults, principals, filter);
    }

    /** These options with another way to tell who asks, such as from the query's {@code chatMemoryId}. */
    public ContentOptions withPrincipals(Function<Query, Set<String>> principals) {
        return new ContentOptions(maxResults, principals, filter);
    }

    /** These options with another filter. */
    public ContentOptions withFilter(Function<Query, MetadataFilter> filter) {
        return new ContentOptions(maxResults, principals, filter);
    }

    private static Set<String> invoking(Query query) {
        @Nullable Metadata metadata = query.metadata();
        if (metadata == null || metadata.invocationContext() == null) {
            return Set.of();
        }
        InvocationParameters parameters = metadata.invocationParameters();
        Object told = parameters == null ? null : parameters.get(PRINCIPALS);
        if (told == null) {
            return Set.of();
        } else if (told instanceof String one) {
            return Set.of(one);
        } else if (told instanceof Collection<?> several) {
            Set<String> principals = new LinkedHashSet<>();
            for (Object each : several) {
                principals.add(text(each));
            }
            return principals;
        }
        return Set.of(text(told));
    }

    private static String text(@Nullable Object principal) {
        if (principal instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                "the invocation parameter " + PRINCIPALS + " must be a String or a collection" + " of Strings, got "
                        + (principal == null ? "null" : principal.getClass().getName()));
    }
}
