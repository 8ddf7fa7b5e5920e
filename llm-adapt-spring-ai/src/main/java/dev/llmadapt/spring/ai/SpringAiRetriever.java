package dev.llmadapt.spring.ai;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.UnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.document.Document;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStoreRetriever;

/**
 * A store that Spring AI reaches, such as pgvector or Qdrant, as a {@link Retriever}.
 *
 * <p>The query's filter goes to the store as far as Spring AI's filters say it, and what the store finds is checked
 * again, with the access lists; if too little is left of it, the store is asked for more, at most {@value #MOST}.
 * Passages have the document's metadata, as texts. Failures of the store are {@link LlmAdaptException}s.
 *
 * <p>Thread-safe where the store is.
 */
public final class SpringAiRetriever implements Retriever {
    private static final int MOST = 10_000;

    private final VectorStoreRetriever store;
    private final StoreOptions options;

    /** With default options. */
    public SpringAiRetriever(VectorStoreRetriever store) {
        this(store, StoreOptions.defaults());
    }

    /** With options. */
    public SpringAiRetriever(VectorStoreRetriever store, StoreOptions options) {
        this.store = Objects.requireNonNull(store, "store must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
    }

    @Override
    public List<Passage> retrieve(Query query) {
        int asked = query.limit();
        while (true) {
            List<Document> found = search(query, asked);
            List<Passage> admitted = found.stream()
                    .map(this::passage)
                    .filter(query::admits)
                    .limit(query.limit())
                    .toList();
            if (admitted.size() == query.limit() || found.size() < asked || asked >= MOST) {
                return admitted;
            }
            asked = Math.min(MOST, asked * 4);
        }
    }

    private List<Document> search(Query query, int limit) {
        try {
            SearchRequest.Builder request =
                    SearchRequest.builder().query(query.text()).topK(limit).similarityThreshold(options.minScore());
            StoreFilters.atLeast(query.filter()).ifPresent(request::filterExpression);
            return store.similaritySearch(request.build());
        } catch (LlmAdaptException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            String message = "the store of Spring AI failed: " + e.getMessage();
            throw ModelAnswers.isUnavailable(e)
                    ? new UnavailableException(message, e)
                    : new LlmAdaptException(message, e);
        }
    }

    private Passage passage(Document document) {
        @Nullable String list = options.readers().isEmpty() ? null : options.readers();
        Map<String, String> metadata = new HashMap<>();
        AccessLists.without(document.getMetadata(), list)
                .forEach((name, value) -> metadata.put(name, String.valueOf(value)));
        Double score = document.getScore();
        return new Passage(
                document.getId(),
                metadata.getOrDefault(options.title(), ""),
                ChatMessages.orEmpty(document.getText()),
                score == null ? 0 : score,
                metadata,
                AccessLists.of(document.getMetadata(), list));
    }
}
