package dev.llmadapt.rag.index;

import dev.llmadapt.Filter;
import dev.llmadapt.Passage;
import dev.llmadapt.Retriever;
import dev.llmadapt.rag.embedding.Embedder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Passages that are kept, found by their words (BM25) and by their vectors (HNSW). Thread-safe. The laws every
 * implementation keeps are in {@code IndexContract}, in this module's tests. {@link #open} keeps them in a folder; the
 * module {@code llm-adapt-rag-opensearch} in a cluster of several machines.
 *
 * <p>One process writes; any number read beside it. A write is seen by the next search of this index at once, and by
 * readers and after a crash from the next {@link #commit()} on. A crash loses nothing that was committed.
 *
 * <p>After {@link #close()} every other method, and every retriever taken from here, throws
 * {@link IllegalStateException}. Failures of the disk or the cluster are {@link IndexException}s. A thread that writes
 * must not be interrupted: as with any file channel, the interrupt closes it, and the index must be opened again.
 */
public interface PassageIndex extends AutoCloseable {
    /**
     * Opens an index for writing, or creates it.
     *
     * @param folder where it is
     * @param embedder makes the vectors; stays open, stays the caller's. The name and dimension must be those the index
     *     was created with
     * @throws IndexException if it cannot be opened: damaged, written by someone else now, made with another embedder
     *     or language
     */
    static PassageIndex open(Path folder, Embedder embedder, IndexOptions options) {
        return LuceneIndex.open(folder, embedder, options);
    }

    /**
     * Opens an index for reading, beside the process that writes it. Every search sees the last commit.
     *
     * @throws IndexException as {@link #open} does, and if there is no index
     */
    static PassageIndex openToRead(Path folder, Embedder embedder, IndexOptions options) {
        return LuceneIndex.openToRead(folder, embedder, options);
    }

    /** An index in memory, gone when it is closed. */
    static PassageIndex inMemory(Embedder embedder, IndexOptions options) {
        return LuceneIndex.inMemory(embedder, options);
    }

    /**
     * Adds passages; those whose ids are there already are replaced. Of the same id twice the last counts.
     *
     * @throws IllegalArgumentException if an id is empty, or an id, a value of the metadata or a reader is longer than
     *     32,000 bytes of UTF-8. Nothing was added then
     * @throws IllegalStateException if the index was opened to read
     */
    void upsert(Collection<Passage> passages);

    /**
     * Puts passages in the place of all that the filter lets pass, at once: a search sees all of the old or all of the
     * new ones. Only where an index is spread over several shards may a search that runs at the same moment see some of
     * both, never less than one of the two. Otherwise as {@link #upsert}.
     */
    void replace(Filter old, Collection<Passage> passages);

    /** Removes the passages of these ids; unknown ids are no error. */
    void delete(Collection<String> ids);

    /** Removes all passages that the filter lets pass. */
    void delete(Filter filter);

    /** Makes what was written last: after a crash the index is as at its last commit. */
    void commit();

    /** How many passages are in it, parents included. */
    long size();

    /** The passages of some ids that the principals may read, in the order of the ids; unknown ids are left out. */
    List<Passage> find(Collection<String> ids, Set<String> principals);

    /** Every passage that the filter lets pass, whoever may read it, in no certain order; for administration. */
    void forEach(Filter filter, Consumer<Passage> visitor);

    /** The vectors of passages by id, of length 1; ids without one are left out. */
    Map<String, float[]> vectors(Collection<String> ids);

    /** Finds by words: BM25. Passages without a word of the query are not found. */
    Retriever lexical();

    /**
     * Finds by meaning: cosine of the embedder's vectors, by HNSW.
     *
     * @throws IllegalStateException if the index has no vectors
     */
    Retriever dense();

    /**
     * Commits and copies the index to a new folder, while it is read and written. {@link #open} opens the copy.
     *
     * @param folder not there yet, or empty
     */
    void snapshot(Path folder);

    /** Commits and closes; a second call has no effect. */
    @Override
    void close();
}
