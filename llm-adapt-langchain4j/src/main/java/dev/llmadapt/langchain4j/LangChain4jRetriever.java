package dev.llmadapt.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.UnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A store of LangChain4j as a retriever of this library, so that what is in pgvector, Qdrant or another store answers
 * questions and is measured here.
 *
 * <p>A match is a passage with the match's id and score and the segment's metadata as texts. The query's filter goes to
 * the store as far as LangChain4j's filters say it, with texts as values: fields that a store keeps as numbers compare
 * as the store compares numbers with texts, or are refused by it. What the store finds is checked again by the query,
 * with the access lists, and more is asked for while too little is left.
 *
 * <p>Thread-safe where the store and the embedding model are. It closes neither.
 */
public final class LangChain4jRetriever implements Retriever {
    private static final int MOST = 10_000; // matches that are looked through for a query

    private final EmbeddingStore<TextSegment> store;
    private final EmbeddingModel model;
    private final StoreOptions options;

    /** With default options. */
    public LangChain4jRetriever(EmbeddingStore<TextSegment> store, EmbeddingModel model) {
        this(store, model, StoreOptions.defaults());
    }

    /**
     * With options.
     *
     * @param model the one with which the store was filled
     */
    public LangChain4jRetriever(EmbeddingStore<TextSegment> store, EmbeddingModel model, StoreOptions options) {
        this.store = Objects.requireNonNull(store, "store must not be null");
        this.model = Objects.requireNonNull(model, "model must not be null");
        this.options = Objects.requireNonNull(options, "options must not be null");
    }

    /**
     * Finds passages.
     *
     * @throws UnavailableException if the server of the store or of the embedding model cannot be asked
     * @throws LlmAdaptException if the store or the embedding model fails otherwise
     */
    @Override
    public List<Passage> retrieve(Query query) {
        try {
            Embedding vector = embed(query.text());
            int asked = query.limit();
            while (true) {
                List<EmbeddingMatch<TextSegment>> matches = search(query, vector, asked);
                List<Passage> admitted = matches.stream()
                        .map(this::passage)
                        .filter(query::admits)
                        .limit(query.limit())
                        .toList();
                if (admitted.size() == query.limit() || matches.size() < asked || asked >= MOST) {
                    return admitted;
                }
                asked = Math.min(MOST, asked * 4);
            }
        } catch (LlmAdaptException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            String message = "the store of LangChain4j failed: " + e.getMessage();
            throw Unavailability.of(e) ? new UnavailableException(message, e) : new LlmAdaptException(message, e);
        }
    }

    private Embedding embed(String text) {
        EmbeddingRequest.Builder request = EmbeddingRequest.builder().input(text);
        if (model.supportedParameters().contains(EmbeddingRequestParameters.INPUT_TYPE)) {
            request.inputType(EmbeddingInputType.QUERY);
        }
        return model.embed(request.build()).embeddings().get(0);
    }

    private List<EmbeddingMatch<TextSegment>> search(Query query, Embedding vector, int limit) {
        return store.search(EmbeddingSearchRequest.builder()
                        .query(query.text())
                        .queryEmbedding(vector)
                        .maxResults(limit)
                        .minScore(options.minScore())
                        .filter(StoreFilters.of(query.filter()).orElse(null))
                        .build())
                .matches();
    }

    private Passage passage(EmbeddingMatch<TextSegment> match) {
        TextSegment segment = match.embedded();
        Map<String, String> metadata = new HashMap<>();
        if (segment != null) {
            segment.metadata().toMap().forEach((name, value) -> metadata.put(name, String.valueOf(value)));
        }
        String list = options.readers().isEmpty() ? null : metadata.remove(options.readers());
        Set<String> readers = list == null ? Set.of() : readers(list);
        return new Passage(
                match.embeddingId(),
                metadata.getOrDefault(options.title(), ""),
                segment == null ? "" : segment.text(),
                match.score(),
                metadata,
                readers);
    }

    /** The names of an access list; if there are none, the empty name, which nobody has. */
    private static Set<String> readers(String list) {
        List<String> names = new ArrayList<>(Arrays.asList(list.split(",", -1)));
        names.replaceAll(String::strip);
        names.removeIf(String::isEmpty);
        return names.isEmpty() ? Set.of("") : names.stream().collect(Collectors.toUnmodifiableSet());
    }
}
