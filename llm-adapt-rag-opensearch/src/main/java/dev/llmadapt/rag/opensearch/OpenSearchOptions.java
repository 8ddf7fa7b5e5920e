package dev.llmadapt.rag.opensearch;

import dev.llmadapt.rag.index.IndexOptions;

/**
 * Options of an index on a cluster. All except {@code replicas} and {@link IndexOptions#candidates()} are fixed when
 * the index is created.
 *
 * @param index the options of any index
 * @param shards the number of parts, which the nodes share, in [1, 1024]. One shard has room for some millions of
 *     passages; more shards make writes faster and searches more expensive
 * @param replicas the number of further copies of each shard on other nodes, in [0, 100]; with 1 any one node may fail.
 *     Used when the index is created; the cluster's operators may change it later
 */
public record OpenSearchOptions(IndexOptions index, int shards, int replicas) {
    /** Validates the components. */
    public OpenSearchOptions {
        if (shards < 1 || shards > 1024) {
            throw new IllegalArgumentException("shards must be in [1, 1024], shards: " + shards);
        }
        if (replicas < 0 || replicas > 100) {
            throw new IllegalArgumentException("replicas must be in [0, 100], replicas: " + replicas);
        }
    }

    /** The default options: {@link IndexOptions#defaults()}, one shard, one replica. */
    public static OpenSearchOptions defaults() {
        return new OpenSearchOptions(IndexOptions.defaults(), 1, 1);
    }

    /** These options with other options of any index. */
    public OpenSearchOptions withIndex(IndexOptions index) {
        return new OpenSearchOptions(index, shards, replicas);
    }

    /** These options with another number of shards. */
    public OpenSearchOptions withShards(int shards) {
        return new OpenSearchOptions(index, shards, replicas);
    }

    /** These options with another number of replicas. */
    public OpenSearchOptions withReplicas(int replicas) {
        return new OpenSearchOptions(index, shards, replicas);
    }
}
