package dev.llmadapt.rag.opensearch;

import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.IndexException;
import dev.llmadapt.rag.index.PassageIndex;

/**
 * Opens indexes on an OpenSearch cluster (2.16 or later, with its k-NN plugin, which every distribution but the minimal
 * one has). They keep the laws of {@link PassageIndex}, and so work with {@link dev.llmadapt.rag.index.Indexing},
 * {@link dev.llmadapt.rag.retrieval.Retrievers} and {@link dev.llmadapt.rag.Rag} as those in a folder do. What differs:
 *
 * <ul>
 *   <li>A write that returned is on disk, on every copy of its shard that is in step; {@link PassageIndex#commit()}
 *       makes it seen by others.
 *   <li>Trouble that may pass is waited for as long as {@link Cluster#patience()} says; only then is it an
 *       {@link IndexException}. A write that ends in one may have been done, in part or in whole: do it again.
 *   <li>Nothing keeps two processes from writing the same index. The last write to an id counts, and a write that one
 *       of them repeats after a timeout may come after the other's.
 *   <li>A search returns at most 10,000 passages, and looks for the first 512 words of a query.
 *   <li>{@link PassageIndex#snapshot} copies to a folder of this machine, as an index that {@link PassageIndex#open}
 *       opens.
 * </ul>
 */
public final class OpenSearch {
    private OpenSearch() {}

    /**
     * Opens an index for writing, or creates it.
     *
     * @param name of the index, or of an alias of one that exists: lower-case letters, digits, {@code . _ -}
     * @param embedder makes the vectors; stays open, stays the caller's. The name and dimension must be those the index
     *     was created with
     * @throws IndexException if the cluster cannot be reached or refuses, or if there is an index of this name that was
     *     made by other options, with another embedder, or by someone else
     */
    public static PassageIndex open(Cluster cluster, String name, Embedder embedder, OpenSearchOptions options) {
        return ClusterIndex.open(new ClusterClient(cluster), name, embedder, options, true);
    }

    /**
     * Opens an index as {@link #open} does and adds all passages of another one to it, with the vectors that they have
     * there: nothing is embedded again but a few passages, to see that the embedder is theirs. Can be done again after
     * an error.
     *
     * @param from stays open, stays the caller's; should not be written meanwhile
     * @throws IndexException as {@link #open} does, and if the vectors are another embedder's
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
            } catch (IndexException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /**
     * Opens an index that exists for reading. Every search sees the last commit of whoever writes.
     *
     * @param options as {@link #open} has them; replicas are of no concern
     * @throws IndexException as {@link #open} does, and if there is no such index
     */
    public static PassageIndex openToRead(Cluster cluster, String name, Embedder embedder, OpenSearchOptions options) {
        return ClusterIndex.open(new ClusterClient(cluster), name, embedder, options, false);
    }
}
