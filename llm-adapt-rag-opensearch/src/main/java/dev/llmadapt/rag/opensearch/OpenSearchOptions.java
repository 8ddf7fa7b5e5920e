package dev.llmadapt.rag.opensearch;

import dev.llmadapt.rag.index.IndexOptions;

/**
 * How an index is laid out in a cluster. All but {@code replicas} and {@link IndexOptions#candidates()} is fixed when
 * the index is created.
 *
 * @param index how it stores and scores
 * @param shards parts that it is divided into, which nodes share, in [1, 1024]. One holds some millions of passages;
 *     more make writing faster and each search busier
 * @param replicas copies of each shard beside the first, on other nodes, in [0, 100]; 1 lets any one node fail. Used
 *     when the index is created; the cluster's operators may change it later
 */
public record OpenSearchOptions(IndexOptions index, int shards, int replicas) {
    /** Checks. */
    public OpenSearchOptions {
        if (shards < 1 || shards > 1024) {
            throw new IllegalArgumentException("shards must be in [1, 1024], shards: " + shards);
        }
        if (replicas < 0 || replicas > 100) {
            throw new IllegalArgumentException("replicas must be in [0, 100], replicas: " + replicas);
        }
    }

    /** {@link IndexOptions#defaults()}, one shard, one replica. */
    public static OpenSearchOptions defaults() {
        return new OpenSearchOptions(IndexOptions.defaults(), 1, 1);
    }

    /** The same that stores and scores otherwise. */
    public OpenSearchOptions withIndex(IndexOptions index) {
        return new OpenSearchOptions(index, shards, replicas);
    }

    /** The same in another number of shards. */
    public OpenSearchOptions withShards(int shards) {
        return new OpenSearchOptions(index, shards, replicas);
    }

    /** The same with another number of replicas. */
    public OpenSearchOptions withReplicas(int replicas) {
        return new OpenSearchOptions(index, shards, replicas);
    }
}
