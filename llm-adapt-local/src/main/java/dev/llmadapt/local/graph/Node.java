package dev.llmadapt.local.graph;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator applied in a graph.
 *
 * @param name unique among the graph's nodes
 * @param op the row of the operator table
 * @param inputs its operands; null where an optional one is left out
 * @param outputs its results, one or more
 * @param attributes its constants: {@link Long}, {@link Float}, {@link String} or {@code long[]}
 */
public record Node(
        String name, Op op, List<@Nullable Value> inputs, List<Value> outputs, Map<String, Object> attributes) {}
