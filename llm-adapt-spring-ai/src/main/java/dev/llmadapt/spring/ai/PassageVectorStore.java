package dev.llmadapt.spring.ai;

import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.PassageIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.vectorstore.AbstractVectorStoreBuilder;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.observation.AbstractObservationVectorStore;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;

/**
 * An index of this library as a {@code VectorStore} of Spring AI: on Lucene, in a folder or in memory, or on
 * OpenSearch. The index embeds documents and queries itself, so the same documents are found by words too, through
 * {@code Retrievers.hybrid(index)} and {@link LlmAdaptDocumentRetriever}.
 *
 * <p>Search is by cosine, which is the score; the similarity threshold is a least cosine, and 0 lets everything
 * through. Metadata are texts, numbers that a double holds, and truth values; other values are refused. Every filter of
 * Spring AI means what it says: numbers are compared as numbers, everything else as texts in the order of code points.
 *
 * <p>Where a name of access lists is given, a document's metadata under it say who may read it, and a search finds what
 * those who ask may read; see {@link Builder#readers}. Access lists do not come back. Deleting asks for no right.
 *
 * <p>What a method added or deleted is committed when it returns, so add many at once. A document with an id that is
 * there replaces it. Thread-safe. It closes neither the index nor the embedder.
 */
public final class PassageVectorStore extends AbstractObservationVectorStore {
    private final PassageIndex index;
    private final @Nullable String readers;
    private final Supplier<Set<String>> principals;

    private PassageVectorStore(Builder builder) {
        super(builder);
        index = builder.index;
        readers = builder.readers;
        principals = builder.principals;
    }

    /**
     * A builder of a store.
     *
     * @param embedder the one that the index was opened with
     */
    public static Builder builder(PassageIndex index, Embedder embedder) {
        return new Builder(index, embedder);
    }

    @Override
    public void doAdd(List<Document> documents) {
        List<Passage> passages = documents.stream().map(this::passage).toList();
        index.upsert(passages);
        index.commit();
    }

    private Passage passage(Document document) {
        Map<String, Object> metadata = document.getMetadata();
        Object title = metadata.get(Documents.TITLE);
        return new Passage(
                document.getId(),
                title instanceof String text ? text : "",
                Documents.text(document),
                0,
                StoredMetadata.write(AccessLists.without(metadata, readers)),
                AccessLists.of(metadata, readers));
    }

    @Override
    public void doDelete(List<String> ids) {
        index.delete(ids);
        index.commit();
    }

    @Override
    protected void doDelete(Filter.Expression filter) {
        index.delete(StoreFilters.filter(filter));
        index.commit();
    }

    @Override
    public List<Document> doSimilaritySearch(SearchRequest request) {
        if (request.getTopK() < 1) {
            return List.of();
        }
        Filter.Expression filter = request.getFilterExpression();
        Query query = new Query(request.getQuery(), request.getTopK()).withPrincipals(principals.get());
        double least = request.getSimilarityThreshold();
        List<Document> found = new ArrayList<>();
        for (Passage passage :
                index.dense().retrieve(filter == null ? query : query.withFilter(StoreFilters.filter(filter)))) {
            if (least == SearchRequest.SIMILARITY_THRESHOLD_ACCEPT_ALL || passage.score() >= least) {
                found.add(Documents.document(passage));
            }
        }
        return found;
    }

    /** The index. */
    @Override
    public <T> Optional<T> getNativeClient() {
        @SuppressWarnings("unchecked") // the caller says what it expects, as Spring AI's interface has it
        T client = (T) index;
        return Optional.of(client);
    }

    @Override
    public VectorStoreObservationContext.Builder createObservationContextBuilder(String operationName) {
        return VectorStoreObservationContext.builder(LlmAdaptChatModel.PROVIDER, operationName)
                .dimensions(embeddingModel.dimensions())
                .similarityMetric("cosine");
    }

    /** Builds a store; not thread-safe. */
    public static final class Builder extends AbstractVectorStoreBuilder<Builder> {
        private final PassageIndex index;
        private @Nullable String readers;
        private Supplier<Set<String>> principals = Set::of;

        private Builder(PassageIndex index, Embedder embedder) {
            super(new LlmAdaptEmbeddingModel(embedder));
            this.index = Objects.requireNonNull(index, "index must not be null");
        }

        /**
         * Keeps access lists.
         *
         * @param name the name of the access list among a document's metadata: the users and groups who may read it, a
         *     collection of texts, or one text with a comma between two. Everyone may read a document without one,
         *     nobody one whose list is empty
         * @param principals tells who asks, on the thread that searches: the user and the groups they are in
         */
        public Builder readers(String name, Supplier<Set<String>> principals) {
            this.readers = Objects.requireNonNull(name, "name must not be null");
            this.principals = Objects.requireNonNull(principals, "principals must not be null");
            return this;
        }

        /**
         * Refused: the index makes the batches that it embeds.
         *
         * @throws UnsupportedOperationException always
         */
        @Override
        public Builder batchingStrategy(BatchingStrategy batchingStrategy) {
            throw new UnsupportedOperationException(
                    "a batching strategy is not supported: the index makes its own batches; leave it out");
        }

        @Override
        public PassageVectorStore build() {
            return new PassageVectorStore(this);
        }
    }
}
