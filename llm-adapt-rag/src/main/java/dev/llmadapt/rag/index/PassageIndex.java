package dev.llmadapt.rag.index;

import dev.llmadapt.MetadataFilter;
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
 * An index of passages, which finds them by their words (BM25) and by their vectors (HNSW). Thread-safe. {@link #open}
 * opens an index in a folder, the module {@code llm-adapt-rag-opensearch} one on a cluster of several machines. The
 * laws of every implementation are in {@code IndexContract}, in this module's tests.
 *
 * <p>One process writes, and any number of processes read at the same time. The next search of this object sees a
 * write; readers see it, and it survives a crash, from the next {@link #commit()} on.
 *
 * <p>After {@link #close()} every other method, and every retriever of the index, throws {@link IllegalStateException}.
 * Failures of the disk or the cluster are {@link IndexException}s. A thread that writes must not be interrupted: an
 * interrupt closes the file channel, and the index must be opened again.
 */
public interface PassageIndex extends AutoCloseable {
    /**
     * Opens an index for writing, or creates it.
     *
     * @param folder the folder of the index
     * @param embedder the embedder of the vectors, with the name and dimension that the index was created with; the
     *     caller closes it
     * @throws IndexException if the index is damaged, is being written by someone else, or was created with another
     *     embedder or language
     */
    static PassageIndex open(Path folder, Embedder embedder, IndexOptions options) {
        return LuceneIndex.open(folder, embedder, options);
    }

    /**
     * Opens an index for reading while another process may write it. Every search sees the last commit.
     *
     * @throws IndexException like {@link #open}, and if there is no index
     */
    static PassageIndex openToRead(Path folder, Embedder embedder, IndexOptions options) {
        return LuceneIndex.openToRead(folder, embedder, options);
    }

    /** Creates an index in memory, which is lost when it is closed. */
    static PassageIndex inMemory(Embedder embedder, IndexOptions options) {
        return LuceneIndex.inMemory(embedder, options);
    }

    /**
     * Adds passages, and replaces those with the same ids. Of passages with the same id the last counts.
     *
     * @throws IllegalArgumentException if an id is empty, or an id, a value of the metadata or a reader is longer than
     *     32,000 bytes of UTF-8; nothing was added then
     * @throws IllegalStateException if the index was opened to read
     */
    void upsert(Collection<Passage> passages);

    /**
     * Replaces all passages that a filter accepts by others at once: a search sees all of the old or all of the new
     * ones. Only in an index with several shards may a search at the same moment see some of both, never less than one
     * of the two. Otherwise like {@link #upsert}.
     */
    void replace(MetadataFilter old, Collection<Passage> passages);

    /** Deletes passages by id; unknown ids are no error. */
    void delete(Collection<String> ids);

    /** Deletes all passages that a filter accepts. */
    void delete(MetadataFilter filter);

    /** Makes all writes durable: after a crash the index is as it was at the last commit. */
    void commit();

    /** The number of passages, parents included. */
    long size();

    /**
     * Finds passages by id among those that the principals may read, in the order of the ids; unknown ids are left out.
     */
    List<Passage> find(Collection<String> ids, Set<String> principals);

    /** Visits every passage that a filter accepts, whoever may read it, in no particular order; for administration. */
    void forEach(MetadataFilter filter, Consumer<Passage> visitor);

    /** Returns the vectors of passages by id, of length 1; passages without a vector are left out. */
    Map<String, float[]> vectors(Collection<String> ids);

    /** A retriever by words: BM25. It does not find passages without a word of the query. */
    Retriever lexical();

    /**
     * A retriever by meaning: the cosine of the embedder's vectors, by HNSW.
     *
     * @throws IllegalStateException if the index has no vectors
     */
    Retriever dense();

    /**
     * Commits and copies the index to a new folder while it is read and written. {@link #open} opens the copy.
     *
     * @param folder a folder that does not exist, or is empty
     */
    void snapshot(Path folder);

    /** Commits and closes; a second call has no effect. */
    @Override
    void close();
}
