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
 * @param attributes its constants: {@link Long}, {@link Float}, {@link String}, {@code long[]} or a {@link Body}
 */
public record Node(
        String name, Op op, List<@Nullable Value> inputs, List<Value> outputs, Map<String, Object> attributes) {
    /**
     * Operators that run only where their node chooses them; they see the values of the graph before them.
     *
     * @param nodes in an order they can run in
     * @param results results of some of them
     */
    public record Body(List<Node> nodes, List<Value> results) {
        /** Copies. */
        public Body {
            nodes = List.copyOf(nodes);
            results = List.copyOf(results);
        }
    }
}
