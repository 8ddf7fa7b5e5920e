package dev.llmadapt.spring.ai;

import dev.llmadapt.MetadataFilter;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.rag.Query;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.filter.FilterExpressionTextParser;

/**
 * Options of a retriever of this library that Spring AI asks.
 *
 * @param maxResults the most documents for a query, at least 1
 * @param principals tells who asks, from a query of Spring AI: the user and the groups they are in. Passages with an
 *     access list that names none of them are not found
 * @param filter tells the condition on the passages' metadata, from a query of Spring AI
 */
public record DocumentOptions(
        int maxResults, Function<Query, Set<String>> principals, Function<Query, MetadataFilter> filter) {
    /**
     * The name in a query's context, and among the parameters of an advisor, under which {@link #defaults()} looks for
     * who asks: a {@code String}, or a collection of them.
     */
    public static final String PRINCIPALS = "llm-adapt.principals";

    /** The name in a query's context under which Spring AI's own retriever looks for a filter. */
    static final String FILTER = "vector_store_filter_expression";

    /** Checks the components. */
    public DocumentOptions {
        if (maxResults < 1) {
            throw new IllegalArgumentException("maxResults must be at least 1, maxResults: " + maxResults);
        }
        Objects.requireNonNull(principals, "principals must not be null");
        Objects.requireNonNull(filter, "filter must not be null");
    }

    /**
     * Five documents; who asks stands under {@value #PRINCIPALS} in the query's context, and is nobody in particular
     * where it does not; a filter stands where Spring AI's {@code VectorStoreDocumentRetriever} looks for it.
     */
    public static DocumentOptions defaults() {
        return new DocumentOptions(5, DocumentOptions::asking, DocumentOptions::filtering);
    }

    /** These options with another number of documents. */
    public DocumentOptions withMaxResults(int maxResults) {
        return new DocumentOptions(maxResults, principals, filter);
    }

    /** These options with another way to tell who asks, such as from the thread's login. */
    public DocumentOptions withPrincipals(Function<Query, Set<String>> principals) {
        return new DocumentOptions(maxResults, principals, filter);
    }

    /** These options with another filter. */
    public DocumentOptions withFilter(Function<Query, MetadataFilter> filter) {
        return new DocumentOptions(maxResults, principals, filter);
    }

    private static MetadataFilter filtering(Query query) {
        Object told = query.context().get(FILTER);
        if (told instanceof String text && !text.isBlank()) {
            return StoreFilters.filter(new FilterExpressionTextParser().parse(text));
        } else if (told instanceof Filter.Expression expression) {
            return StoreFilters.filter(expression);
        } else if (told != null && !(told instanceof String)) {
            throw new IllegalArgumentException("the filter under " + FILTER + " must be a text or an expression, got "
                    + told.getClass().getName());
        }
        return MetadataFilter.all();
    }

    private static Set<String> asking(Query query) {
        Object told = query.context().get(PRINCIPALS);
        if (told == null) {
            return Set.of();
        }
        Set<String> principals = new LinkedHashSet<>();
        for (Object each : told instanceof Collection<?> several ? several : Set.of(told)) {
            principals.add(text(each));
        }
        return principals;
    }

    private static String text(@Nullable Object principal) {
        if (principal instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("who asks, under " + PRINCIPALS
                + ", must be a String or a collection of Strings, got "
                + (principal == null ? "null" : principal.getClass().getName()));
    }
}
