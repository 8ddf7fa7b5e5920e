package dev.llmadapt.rag.opensearch;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.PassageIndex;

/**
 * Indexes on an OpenSearch cluster (2.16 or later, with its k-NN plugin, which every distribution except the minimal
 * one has). They keep the laws of {@link PassageIndex}, and so work with {@link dev.llmadapt.rag.index.Indexing},
 * {@link dev.llmadapt.rag.retrieval.Retrievers} and {@link dev.llmadapt.rag.Rag} like those in a folder. The
 * differences:
 *
 * <ul>
 *   <li>A completed write is on disk, on every copy of its shard that is in step; {@link PassageIndex#commit()} makes
 *       it visible to others.
 *   <li>Temporary failures are waited for as long as {@link Cluster#patience()} allows; only then they become an
 *       {@link IndexException}. A write that ends in one may be done in part or in whole: repeat it.
 *   <li>Nothing prevents two processes from writing the same index. The last write to an id counts, and a write that
 *       one of them repeats after a timeout may come after the other's.
 *   <li>A search returns at most 10,000 passages, and uses the first 512 words of a query.
 *   <li>{@link PassageIndex#snapshot} copies to a folder of this machine, as an index for {@link PassageIndex#open}.
 * </ul>
 */
public final class OpenSearch {
    private OpenSearch() {}

    /**
     * Opens an index for writing, or creates it.
     *
     * @param name the name of the index, or of an alias of an existing one: lower-case letters, digits, {@code . _ -}
     * @param embedder the embedder of the vectors, with the name and dimension that the index was created with; the
     *     caller closes it
     * @throws dev.llmadapt.UnavailableException if the cluster cannot be reached or is overloaded
     * @throws IndexException if the cluster refuses, or if an index of this name was created with other options, with
     *     another embedder, or by another program
     */
    public static PassageIndex open(Cluster cluster, String name, Embedder embedder, OpenSearchOptions options) {
        return ClusterIndex.open(new ClusterClient(cluster), name, embedder, options, true);
    }

    /**
     * Opens an index like {@link #open} and adds all passages of another one with their vectors. Only a few passages
     * are embedded again, to check that the embedder is the same. May be repeated after an error.
     *
     * @param from the index to copy, which should not be written meanwhile; the caller closes it
     * @throws IndexException like {@link #open}, and if the vectors are those of another embedder
     */
    public static PassageIndex copy(
            PassageIndex from, Cluster cluster, String name, Embedder embedder, OpenSearchOptions options) {
        ClusterIndex index = ClusterIndex.open(new ClusterClient(cluster), name, embedder, options, true);
        try {
            index.addAll(from);
            return index;
        } catch (RuntimeException | Error e) {
            try {
                index.close();
            } catch (LlmAdaptException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /**
     * Opens an existing index for reading. Every search sees the last commit of its writer.
     *
     * @param options the options of {@link #open}; replicas do not matter
     * @throws IndexException like {@link #open}, and if there is no such index
     */
    public static PassageIndex openToRead(Cluster cluster, String name, Embedder embedder, OpenSearchOptions options) {
        return ClusterIndex.open(new ClusterClient(cluster), name, embedder, options, false);
    }
}
