package dev.llmadapt.langchain4j.store;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchResult;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.RelevanceScore;
import dev.langchain4j.store.embedding.filter.Filter;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Vectors with their text segments on Lucene, in a folder or in memory: an {@link EmbeddingStore} of LangChain4j that
 * needs no server. Vectors come from any embedding model of LangChain4j; all of a store have one length, of at most
 * 8,192 numbers.
 *
 * <p>Search goes through a graph (HNSW, Malkov and Yashunin 2016) of cosines, with at least 100 candidates, and may
 * miss a close vector among very many; scores are exact: {@code (1 + cosine) / 2}. Every filter of LangChain4j means
 * what it says, on texts, UUIDs and numbers; one that compares no texts for equality reads the metadata of all
 * segments.
 *
 * <p>What a method added or removed is in the folder when it returns, so add many at once. A vector added under an id
 * that is there replaces it. One process at a time has a folder open. Needs Lucene, which comes with
 * {@code llm-adapt-rag}.
 *
 * <p>Thread-safe. Who opens a store closes it; after {@link #close()} other methods throw
 * {@link IllegalStateException}. A file that cannot be read or written is an {@link LlmAdaptException}.
 */
public final class LuceneEmbeddingStore implements EmbeddingStore<TextSegment>, AutoCloseable {
    static final String SEGMENT = "segment";

    private static final String ID = "id";
    private static final String VECTOR = "vector";
    private static final String FORMAT = "llm-adapt-embedding-store";
    private static final String VERSION = "1";
    private static final int CANDIDATES = 100; // at least, of a search

    private final String where;
    private final Directory directory;
    private final IndexWriter writer;
    private final SearcherManager searchers;
    private int dimension; // 0 before the first vector; guarded by this

    private LuceneEmbeddingStore(String where, Directory directory) throws IOException {
        this.where = where;
        this.directory = directory;
        boolean exists = DirectoryReader.indexExists(directory);
        if (exists) {
            Map<String, String> found = SegmentInfos.readLatestCommit(directory).getUserData();
            if (!VERSION.equals(found.get(FORMAT))) {
                throw new IllegalArgumentException(
                        "the index in " + where + " is no embedding store of this version: its"
                                + " " + FORMAT + " is '" + found.get(FORMAT) + "', expected '" + VERSION
                                + "'; give a folder of its own");
            }
        }
        this.writer = new IndexWriter(directory, new IndexWriterConfig().setCodec(WideVectors.codec()));
        try {
            if (!exists) {
                writer.setLiveCommitData(Map.of(FORMAT, VERSION).entrySet());
                writer.commit();
            }
            this.searchers = new SearcherManager(writer, null);
            IndexSearcher searcher = searchers.acquire();
            try {
                FieldInfo vectors = FieldInfos.getMergedFieldInfos(searcher.getIndexReader())
                        .fieldInfo(VECTOR);
                this.dimension = vectors == null ? 0 : vectors.getVectorDimension();
            } finally {
                searchers.release(searcher);
            }
        } catch (IOException | RuntimeException e) {
            writer.rollback();
            throw e;
        }
    }

    /**
     * Opens a store in a folder, which is made if it is not there.
     *
     * @throws IllegalArgumentException if the folder has another index
     * @throws LlmAdaptException if it cannot be read, or is open elsewhere
     */
    public static LuceneEmbeddingStore open(Path folder) {
        try {
            return open(folder.toString(), FSDirectory.open(folder));
        } catch (IOException e) {
            throw failure("the embedding store in " + folder + " cannot be opened", e);
        }
    }

    /** Opens an empty store in memory, which is gone when it is closed. */
    public static LuceneEmbeddingStore inMemory() {
        return open("memory", new ByteBuffersDirectory());
    }

    private static LuceneEmbeddingStore open(String where, Directory directory) {
        try {
            return new LuceneEmbeddingStore(where, directory);
        } catch (IOException | RuntimeException e) {
            try {
                directory.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            if (e instanceof RuntimeException known) {
                throw known;
            }
            String what = e instanceof LockObtainFailedException
                    ? "the embedding store in " + where + " is open elsewhere; close it there"
                    : "the embedding store in " + where + " cannot be opened";
            throw failure(what, (IOException) e);
        }
    }

    private static LlmAdaptException failure(String what, IOException cause) {
        return new LlmAdaptException(what + ": " + cause.getMessage(), cause);
    }

    @Override
    public String add(Embedding embedding) {
        return addAll(List.of(embedding)).get(0);
    }

    @Override
    public void add(String id, Embedding embedding) {
        addAll(List.of(id), List.of(embedding), null);
    }

    @Override
    public String add(Embedding embedding, @Nullable TextSegment segment) {
        String id = UUID.randomUUID().toString();
        addAll(List.of(id), List.of(embedding), Collections.singletonList(segment));
        return id;
    }

    @Override
    public List<String> addAll(List<Embedding> embeddings) {
        List<String> ids = generateIds(embeddings.size());
        addAll(ids, embeddings, null);
        return ids;
    }

    /**
     * Adds vectors, or replaces those whose ids are there.
     *
     * @param segments one for each vector, or null; each may be null for a vector without a text
     * @throws IllegalArgumentException if the lists are not of one length, a vector is not of the length of the
     *     store's, or has no direction since all of its numbers are 0
     */
    @Override
    public synchronized void addAll(
            List<String> ids, List<Embedding> embeddings, @Nullable List<TextSegment> segments) {
        int segmentCount = segments == null ? ids.size() : segments.size();
        if (ids.size() != embeddings.size() || ids.size() != segmentCount) {
            throw new IllegalArgumentException("ids, embeddings and segments must be as many, got " + ids.size() + ", "
                    + embeddings.size() + " and " + segmentCount);
        }
        int length = dimension;
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            float[] vector = embeddings.get(i).vector();
            length = length == 0 ? vector.length : length;
            requireVector(vector, length);
            documents.add(document(ids.get(i), vector, segments == null ? null : segments.get(i)));
        }
        if (documents.isEmpty()) {
            return;
        }
        write(() -> {
            for (int i = 0; i < documents.size(); i++) {
                writer.updateDocument(new Term(ID, ids.get(i)), documents.get(i));
            }
        });
        dimension = length;
    }

    private void requireVector(float[] vector, int length) {
        if (vector.length != length) {
            throw new IllegalArgumentException("the vectors of the store in " + where + " have " + length
                    + " numbers, got one of " + vector.length + "; use the embedding model it was filled with");
        }
        if (length > WideVectors.MAX_DIMENSIONS) {
            throw new IllegalArgumentException("a vector has at most " + WideVectors.MAX_DIMENSIONS
                    + " numbers in this store, got one of " + length);
        }
        boolean directed = false;
        for (float number : vector) {
            if (!Float.isFinite(number)) {
                throw new IllegalArgumentException("the numbers of a vector must be finite, got " + number);
            }
            directed |= number != 0;
        }
        if (!directed) {
            throw new IllegalArgumentException("a vector of zeros has no direction, so no cosine with others; leave it"
                    + " out, or use an embedding model that makes none");
        }
    }

    private static Document document(String id, float[] vector, @Nullable TextSegment segment) {
        if (Objects.requireNonNull(id, "an id must not be null").isBlank()) {
            throw new IllegalArgumentException("an id must not be blank");
        }
        Document document = new Document();
        document.add(new StringField(ID, id, Field.Store.YES));
        document.add(new KnnFloatVectorField(VECTOR, vector.clone(), VectorSimilarityFunction.COSINE));
        if (segment != null) {
            document.add(new BinaryDocValuesField(SEGMENT, StoredSegment.write(segment)));
            segment.metadata().toMap().forEach((name, value) -> FilterQuery.addTerms(document, name, value));
        }
        return document;
    }

    /** Removes vectors by their ids; those that are not there are none the less gone. */
    @Override
    public synchronized void removeAll(Collection<String> ids) {
        if (ids == null || ids.isEmpty()) {
            throw new IllegalArgumentException("ids cannot be null or empty");
        }
        write(() ->
                writer.deleteDocuments(ids.stream().map(id -> new Term(ID, id)).toArray(Term[]::new)));
    }

    /** Removes the segments that a filter passes. */
    @Override
    public synchronized void removeAll(Filter filter) {
        if (filter == null) {
            throw new IllegalArgumentException("filter cannot be null");
        }
        write(() -> writer.deleteDocuments(FilterQuery.of(filter)));
    }

    /** Removes everything; vectors that are added then may have another length. */
    @Override
    public synchronized void removeAll() {
        write(writer::deleteAll);
        dimension = 0;
    }

    @Override
    public EmbeddingSearchResult<TextSegment> search(EmbeddingSearchRequest request) {
        float[] query = request.queryEmbedding().vector();
        try {
            IndexSearcher searcher = searchers.acquire();
            try {
                return new EmbeddingSearchResult<>(search(searcher, query, request));
            } finally {
                searchers.release(searcher);
            }
        } catch (AlreadyClosedException e) {
            throw new IllegalStateException("the embedding store in " + where + " is closed; open it again", e);
        } catch (IOException e) {
            throw failure("the embedding store in " + where + " cannot be searched", e);
        }
    }

    private List<EmbeddingMatch<TextSegment>> search(
            IndexSearcher searcher, float[] query, EmbeddingSearchRequest request) throws IOException {
        int all = searcher.getIndexReader().numDocs();
        if (all == 0) {
            return List.of();
        }
        requireVector(query, length());
        Query filter = request.filter() == null ? null : FilterQuery.of(request.filter());
        int candidates = Math.min(all, Math.max(CANDIDATES, request.maxResults()));
        ScoreDoc[] hits =
                searcher.search(new KnnFloatVectorQuery(VECTOR, query, candidates, filter), candidates).scoreDocs;
        List<EmbeddingMatch<TextSegment>> matches = new ArrayList<>();
        for (ScoreDoc hit : hits) {
            EmbeddingMatch<TextSegment> match = match(searcher, hit.doc, query);
            if (match.score() >= request.minScore()) {
                matches.add(match);
            }
        }
        matches.sort(Comparator.comparing((EmbeddingMatch<TextSegment> match) -> match.score())
                .reversed());
        return matches.subList(0, Math.min(request.maxResults(), matches.size()));
    }

    private synchronized int length() {
        return dimension;
    }

    private static EmbeddingMatch<TextSegment> match(IndexSearcher searcher, int hit, float[] query)
            throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(hit, leaves));
        int document = hit - leaf.docBase;
        FloatVectorValues vectors = leaf.reader().getFloatVectorValues(VECTOR);
        vectors.advance(document);
        float[] vector = vectors.vectorValue().clone();
        BinaryDocValues segments = leaf.reader().getBinaryDocValues(SEGMENT);
        boolean has = segments != null && segments.advanceExact(document);
        return new EmbeddingMatch<>(
                RelevanceScore.fromCosineSimilarity(EmbeddingModel.cosine(query, vector)),
                searcher.storedFields().document(hit).get(ID),
                Embedding.from(vector),
                has ? StoredSegment.read(segments.binaryValue()) : null);
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void write(Writing writing) {
        try {
            writing.run();
            writer.commit();
            searchers.maybeRefreshBlocking();
        } catch (AlreadyClosedException e) {
            throw new IllegalStateException("the embedding store in " + where + " is closed; open it again", e);
        } catch (IOException e) {
            throw failure("the embedding store in " + where + " cannot be written", e);
        }
    }

    /** Closes the files; a second call has no effect. */
    @Override
    public synchronized void close() {
        try (directory;
                writer) {
            searchers.close();
        } catch (IOException e) {
            throw failure("the embedding store in " + where + " cannot be closed", e);
        }
    }
}
