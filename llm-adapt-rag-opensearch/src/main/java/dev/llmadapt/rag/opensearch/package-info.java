/**
 * The index of {@code dev.llmadapt.rag} on an OpenSearch cluster, for collections, loads or availability beyond one
 * machine.
 *
 * <p>Start with {@link dev.llmadapt.rag.opensearch.OpenSearch}, which opens indexes, and
 * {@link dev.llmadapt.rag.opensearch.Cluster}, which says where the cluster is. In the order in which data passes:
 * {@code ClusterIndex} is the index, {@code Server} what it runs on, {@code IndexLayout} what the cluster is told about
 * it, {@code ClusterDocument} a passage as JSON, {@code ClusterQueries} filters and access lists, {@code Bulk} writes,
 * {@code ClusterSearch} finds, {@code ClusterClient} speaks HTTP to whichever node answers, and {@code ClusterJson}
 * reads what comes back, which is trusted no more than any file.
 */
@NullMarked
package dev.llmadapt.rag.opensearch;

import org.jspecify.annotations.NullMarked;
