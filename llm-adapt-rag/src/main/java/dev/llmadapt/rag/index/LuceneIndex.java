package dev.llmadapt.rag.index;

import dev.llmadapt.MetadataFilter;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.ScoreExplanation;
import dev.llmadapt.rag.embedding.Embedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * An index in Lucene's files, in a folder or in memory.
 *
 * <p>A commit of Lucene is durable and atomic: a new list of files, {@code segments_N}, is written, synced and renamed
 * into place; a crash leaves the one before. A new index is committed at once, so that a folder contains either no
 * index or one that opens. The commit records the embedder, the dimension and the language of the index.
 */
final class LuceneIndex implements PassageIndex {
    /** The version of the analysis of words: words that were analysed otherwise are not found. */
    private static final String FORMAT = "2";

    private final Path folder;
    private final Embedder embedder;
    private final IndexOptions options;
    private final Analyzer analyzer;
    private final Directory directory;
    private final @Nullable IndexWriter writer; // none when opened to read
    private final SnapshotDeletionPolicy snapshots;
    private final SearcherManager searchers;
    /** The read lock is held by the index's users, the write lock by {@link #close()}. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    private LuceneIndex(Path folder, Directory files, Embedder embedder, IndexOptions options, boolean write)
            throws IOException {
        this.folder = folder;
        this.embedder = embedder;
        this.options = options;
        this.analyzer = Stemming.analyzer(options.language());
        this.snapshots = new SnapshotDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy());
        IndexWriter opened = null;
        try {
            boolean exists = DirectoryReader.indexExists(files);
            if (exists) {
                checkMadeAlike(files);
            } else if (!write) {
                throw new IndexException("there is no index in " + folder + "; create it with PassageIndex.open", null);
            }
            if (write) {
                opened = new IndexWriter(files, config());
                if (!exists) {
                    opened.setLiveCommitData(properties().entrySet());
                    opened.commit();
                }
            }
            searchers = opened == null
                    ? new SearcherManager(files, new Searchers(similarity()))
                    : new SearcherManager(opened, new Searchers(similarity()));
        } catch (IOException | RuntimeException | Error e) {
            closeAll(e, opened == null ? () -> {} : opened::rollback, files, analyzer);
            throw e;
        }
        this.directory = files;
        this.writer = opened;
    }

    /** {@link PassageIndex#open}. */
    static PassageIndex open(Path folder, Embedder embedder, IndexOptions options) {
        return make(folder, () -> FSDirectory.open(folder), embedder, options, true);
    }

    /** {@link PassageIndex#openToRead}. */
    static PassageIndex openToRead(Path folder, Embedder embedder, IndexOptions options) {
        return make(folder, () -> FSDirectory.open(folder), embedder, options, false);
    }

    /** {@link PassageIndex#inMemory}. */
    static PassageIndex inMemory(Embedder embedder, IndexOptions options) {
        return make(Path.of("memory"), ByteBuffersDirectory::new, embedder, options, true);
    }

    private static PassageIndex make(
            Path folder, Opening files, Embedder embedder, IndexOptions options, boolean write) {
        if (embedder.dimension() > VectorCodec.MAX_DIMENSIONS) {
            throw new IllegalArgumentException("an index holds vectors of at most " + VectorCodec.MAX_DIMENSIONS
                    + " numbers, embedder " + embedder.name() + " makes " + embedder.dimension());
        }
        try {
            return new LuceneIndex(folder, files.open(), embedder, options, write);
        } catch (LockObtainFailedException e) {
            throw new IndexException(
                    "the index in " + folder + " is being written by another process or another PassageIndex; "
                            + "close that one, or read beside it with PassageIndex.openToRead",
                    e);
        } catch (IndexFormatTooNewException e) {
            throw new IndexException("the index in " + folder + " was written by a newer Lucene: " + e.getMessage(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new IndexException("the index in " + folder + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private IndexWriterConfig config() {
        return new IndexWriterConfig(analyzer)
                .setCodec(VectorCodec.of(options))
                .setSimilarity(similarity())
                .setIndexDeletionPolicy(snapshots)
                .setRAMBufferSizeMB(64)
                .setCommitOnClose(true);
    }

    private BM25Similarity similarity() {
        return new BM25Similarity((float) options.k1(), (float) options.b());
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("format", FORMAT);
        properties.put("embedder", embedder.name());
        properties.put("dimension", Integer.toString(embedder.dimension()));
        properties.put("language", options.language().name());
        return properties;
    }

    /** Refuses an index with vectors of another embedder or words of another language, which cannot be compared. */
    private void checkMadeAlike(Directory files) throws IOException {
        Map<String, String> found = SegmentInfos.readLatestCommit(files).getUserData();
        properties().forEach((key, value) -> {
            if (key.equals("format") && !value.equals(found.get(key))) {
                throw new IndexException(
                        "the index in " + folder + " has the format '" + found.get(key) + "', expected '" + value
                                + "': another version of this library made it, which takes words from texts otherwise;"
                                + " index the documents again into a new folder",
                        null);
            }
            if (!value.equals(found.get(key))) {
                throw new IndexException(
                        "the index in " + folder + " has the " + key + " '" + found.get(key) + "', expected '" + value
                                + "'; open it as it was made, or index the documents again into a new folder",
                        null);
            }
        });
    }

    @Override
    public void upsert(Collection<Passage> passages) {
        write(to -> {
            List<Document> documents = documents(passages);
            for (Document document : documents) {
                to.updateDocument(LuceneFields.id(String.valueOf(document.get(LuceneFields.ID))), document);
            }
        });
    }

    @Override
    public void replace(MetadataFilter old, Collection<Passage> passages) {
        write(to -> {
            List<Document> documents = documents(passages);
            org.apache.lucene.search.Query gone = new BooleanQuery.Builder()
                    .add(LuceneFields.filter(old), Occur.SHOULD)
                    .add(LuceneFields.terms(LuceneFields.ID, ids(documents)), Occur.SHOULD)
                    .build();
            if (documents.isEmpty()) {
                to.deleteDocuments(gone);
            } else {
                to.updateDocuments(gone, documents);
            }
        });
    }

    private static Set<String> ids(List<Document> documents) {
        return documents.stream()
                .map(document -> String.valueOf(document.get(LuceneFields.ID)))
                .collect(Collectors.toSet());
    }

    @Override
    public void delete(Collection<String> ids) {
        write(to -> to.deleteDocuments(ids.stream().map(LuceneFields::id).toArray(Term[]::new)));
    }

    @Override
    public void delete(MetadataFilter filter) {
        write(to -> to.deleteDocuments(LuceneFields.filter(filter)));
    }

    @Override
    public void commit() {
        write(IndexWriter::commit);
    }

    private List<Document> documents(Collection<Passage> passages) {
        return EmbeddedPassage.of(passages, embedder).stream()
                .map(each -> LuceneFields.document(each.passage(), each.vector()))
                .toList();
    }

    @Override
    public long size() {
        return read(searcher -> (long) searcher.getIndexReader().numDocs());
    }

    @Override
    public List<Passage> find(Collection<String> ids, Set<String> principals) {
        return read(searcher -> new LuceneSearch(searcher).find(ids, principals));
    }

    @Override
    public Map<String, float[]> vectors(Collection<String> ids) {
        return read(searcher -> new LuceneSearch(searcher).vectorsOf(ids));
    }

    @Override
    public void forEach(MetadataFilter filter, Consumer<Passage> visitor) {
        read(searcher -> {
            org.apache.lucene.search.Query query = searcher.rewrite(LuceneFields.filter(filter));
            Weight weight = searcher.createWeight(query, ScoreMode.COMPLETE_NO_SCORES, 1);
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                Scorer scorer = weight.scorer(leaf);
                if (scorer == null) {
                    continue;
                }
                Bits live = leaf.reader().getLiveDocs();
                var stored = leaf.reader().storedFields();
                var docs = scorer.iterator();
                for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
                    if (live == null || live.get(doc)) {
                        visitor.accept(LuceneFields.passage(stored.document(doc), 0));
                    }
                }
            }
            return 0;
        });
    }

    @Override
    public Retriever lexical() {
        return new Retriever() {
            @Override
            public List<Passage> retrieve(Query query) {
                return read(searcher -> new LuceneSearch(searcher).lexical(query, analyzer));
            }

            @Override
            public Optional<ScoreExplanation> explain(Query query, String id) {
                return read(searcher -> new LuceneSearch(searcher).explainLexical(query, id, analyzer));
            }
        };
    }

    @Override
    public Retriever dense() {
        if (embedder.dimension() == 0) {
            throw new IllegalStateException(
                    "the index in " + folder + " has no vectors; make it with an embedder to search by meaning");
        }
        return new Retriever() {
            @Override
            public List<Passage> retrieve(Query query) {
                return read(searcher -> {
                    float[] vector = EmbeddedPassage.query(query.text(), embedder);
                    return vector.length == 0
                            ? List.of()
                            : new LuceneSearch(searcher).dense(query, vector, options.candidates());
                });
            }

            @Override
            public Optional<ScoreExplanation> explain(Query query, String id) {
                return read(searcher -> {
                    float[] vector = EmbeddedPassage.query(query.text(), embedder);
                    return vector.length == 0
                            ? Optional.empty()
                            : new LuceneSearch(searcher).explainDense(query, id, vector, embedder.name());
                });
            }
        };
    }

    @Override
    public void snapshot(Path target) {
        write(from -> {
            Files.createDirectories(target);
            try (Stream<Path> there = Files.list(target)) {
                if (there.findAny().isPresent()) {
                    throw new IllegalArgumentException("a snapshot needs an empty folder, " + target + " has files");
                }
            }
            from.commit();
            IndexCommit commit = snapshots.snapshot();
            try (Directory copy = FSDirectory.open(target)) {
                String last = commit.getSegmentsFileName(); // makes it an index, so it comes when all else is there
                for (String file : commit.getFileNames()) {
                    if (!file.equals(last)) {
                        copy.copyFrom(directory, file, file, IOContext.READONCE);
                    }
                }
                copy.sync(commit.getFileNames().stream()
                        .filter(file -> !file.equals(last))
                        .toList());
                copy.copyFrom(directory, last, last, IOContext.READONCE);
                copy.sync(List.of(last));
                copy.syncMetaData();
            } finally {
                snapshots.release(commit);
            }
        });
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            Throwable trouble = closeAll(
                    null,
                    searchers,
                    () -> {
                        if (writer != null) {
                            closeWriter(writer);
                        }
                    },
                    directory,
                    analyzer);
            if (trouble != null) {
                throw new IndexException(
                        "the index in " + folder + " was closed, but not all of it: " + trouble.getMessage()
                                + "; what was committed before is safe",
                        trouble);
            }
        } finally {
            open.writeLock().unlock();
        }
    }

    /**
     * Closes a writer with a commit; a writer that cannot commit is rolled back, which also releases the lock of the
     * folder.
     */
    private static void closeWriter(IndexWriter writer) throws IOException {
        try {
            writer.close();
        } catch (IOException | RuntimeException e) {
            try {
                writer.rollback();
            } catch (IOException | RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private static @Nullable Throwable closeAll(@Nullable Throwable first, AutoCloseable... all) {
        Throwable trouble = first;
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                if (trouble == null) {
                    trouble = e;
                } else {
                    trouble.addSuppressed(e);
                }
            }
        }
        return trouble;
    }

    private <T> T read(Read<T> read) {
        open.readLock().lock();
        try {
            requireOpen();
            searchers.maybeRefreshBlocking();
            IndexSearcher searcher = searchers.acquire();
            try {
                return read.from(searcher);
            } finally {
                searchers.release(searcher);
            }
        } catch (IOException | AlreadyClosedException e) {
            throw new IndexException("the index in " + folder + " cannot be read: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    private void write(Write write) {
        open.readLock().lock();
        try {
            requireOpen();
            if (writer == null) {
                throw new IllegalStateException(
                        "the index in " + folder + " was opened to read; open it with PassageIndex.open to write");
            }
            write.to(writer);
        } catch (IOException | AlreadyClosedException e) {
            throw new IndexException(
                    "the index in " + folder + " cannot be written: " + e.getMessage()
                            + "; what was committed before is safe: close it and open it again",
                    e);
        } finally {
            open.readLock().unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the index in " + folder + " is closed; open it again to use it");
        }
    }

    /** A factory of searchers that score by the BM25 of the options. */
    private static final class Searchers extends SearcherFactory {
        private final BM25Similarity similarity;

        Searchers(BM25Similarity similarity) {
            this.similarity = similarity;
        }

        @Override
        public IndexSearcher newSearcher(IndexReader reader, @Nullable IndexReader previous) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setSimilarity(similarity);
            return searcher;
        }
    }

    @FunctionalInterface
    private interface Opening {
        Directory open() throws IOException;
    }

    @FunctionalInterface
    private interface Read<T> {
        T from(IndexSearcher searcher) throws IOException;
    }

    @FunctionalInterface
    private interface Write {
        void to(IndexWriter writer) throws IOException;
    }
}
