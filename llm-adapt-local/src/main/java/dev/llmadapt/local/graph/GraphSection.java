package dev.llmadapt.local.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive nodes of a graph, with what they need to be a graph of their own: the whole of it, or one of several
 * sections that run one after the other and compute what the whole does.
 *
 * @param nodes in the order they run in
 * @param inputs values that a run is given, by name: inputs of the graph, and values of sections before
 * @param outputs values that a run gives, by name, which are outputs of the graph
 * @param passed values that a run gives, by name, for sections behind alone
 * @param weights that its nodes use
 * @param constants that its nodes use
 * @param scalars that its nodes use
 */
record GraphSection(
        List<Node> nodes,
        Map<String, Value> inputs,
        Map<String, Value> outputs,
        Map<String, Value> passed,
        List<ExternalWeight> weights,
        Map<String, long[]> constants,
        Map<String, Float> scalars) {
    /** The whole of a graph, with what no node uses. */
    static GraphSection whole(Graph graph) {
        return new GraphSection(
                graph.nodes(),
                graph.inputs(),
                graph.outputs(),
                Map.of(),
                graph.weights(),
                graph.constants(),
                graph.scalars());
    }

    /**
     * Cuts a graph where the fewest values pass, into sections with about as many bytes of weights each.
     *
     * @param most sections, at least 1; there are fewer where the graph has fewer such places
     */
    static List<GraphSection> cut(Graph graph, int most) {
        Uses uses = new Uses(graph);
        if (most == 1 || !uses.madeBy.keySet().containsAll(graph.outputs().values())) {
            return List.of(whole(graph));
        }
        List<GraphSection> sections = new ArrayList<>();
        int start = 0;
        for (int end : uses.ends(most)) {
            sections.add(uses.section(start, end));
            start = end;
        }
        return sections;
    }

    /** Where values are made and used. */
    private static final class Uses {
        private final Graph graph;
        private final List<Node> nodes;
        private final List<Set<Value>> used = new ArrayList<>(); // of each node, from outside of it
        private final Map<Value, Integer> madeBy = new HashMap<>();
        private final Map<Value, Integer> lastUse = new HashMap<>();
        private final Map<Value, String> outputNames = new HashMap<>();

        Uses(Graph graph) {
            this.graph = graph;
            this.nodes = graph.nodes();
            for (int i = 0; i < nodes.size(); i++) {
                Set<Value> values = new LinkedHashSet<>();
                addUsed(nodes.get(i), values);
                used.add(values);
                for (Value value : values) {
                    lastUse.put(value, i);
                }
                for (Value value : nodes.get(i).outputs()) {
                    madeBy.put(value, i);
                }
            }
            graph.outputs().forEach((name, value) -> outputNames.put(value, name));
        }

        private static void addUsed(Node node, Set<Value> values) {
            for (@Nullable Value input : node.inputs()) {
                if (input != null) {
                    values.add(input);
                }
            }
            for (Object attribute : node.attributes().values()) {
                if (attribute instanceof Node.Body body) {
                    Set<Value> inside = new LinkedHashSet<>();
                    body.nodes().forEach(each -> addUsed(each, inside));
                    body.nodes().forEach(each -> inside.removeAll(each.outputs()));
                    values.addAll(inside);
                }
            }
        }

        /** The places behind the last nodes of the sections. */
        List<Integer> ends(int most) {
            int[] passing = new int[nodes.size() + 1]; // values that a cut before a node would cut
            madeBy.forEach((value, made) -> {
                for (int place = made + 1; place <= lastUse.getOrDefault(value, made); place++) {
                    passing[place]++;
                }
            });
            long[] bytes = bytesBefore();
            double share = (double) bytes[nodes.size()] / most;
            List<Integer> ends = new ArrayList<>();
            int start = 0;
            for (int section = 1; section < most; section++) {
                int best = best(passing, bytes, start, section * share, share);
                if (best > start) {
                    ends.add(best);
                    start = best;
                }
            }
            ends.add(nodes.size());
            return ends;
        }

        /**
         * The place where the fewest values pass, of those at most a quarter of a section from where it should be; the
         * nearest of them. None, which is 0, if there is no place so near.
         */
        private int best(int[] passing, long[] bytes, int start, double goal, double share) {
            int best = 0;
            for (int place = start + 1; place < nodes.size(); place++) {
                double off = Math.abs(bytes[place] - goal);
                boolean possible =
                        off <= share / 4 && bytes[place] > bytes[start] && bytes[place] < bytes[nodes.size()];
                if (possible
                        && (best == 0
                                || passing[place] < passing[best]
                                || (passing[place] == passing[best] && off < Math.abs(bytes[best] - goal)))) {
                    best = place;
                }
            }
            return best;
        }

        /** The bytes of weights that the nodes before each place are the first to use. */
        private long[] bytesBefore() {
            Map<String, Long> sizes = new HashMap<>();
            graph.weights().forEach(weight -> sizes.put(weight.name(), weight.bytes()));
            long[] bytes = new long[nodes.size() + 1];
            for (int i = 0; i < nodes.size(); i++) {
                bytes[i + 1] = bytes[i];
                for (Value value : used.get(i)) {
                    Long size = sizes.remove(value.name());
                    bytes[i + 1] += size == null ? 0 : size;
                }
            }
            return bytes;
        }

        GraphSection section(int start, int end) {
            Set<String> needed = new HashSet<>();
            Map<String, Value> inputs = new LinkedHashMap<>();
            for (int i = start; i < end; i++) {
                for (Value value : used.get(i)) {
                    needed.add(value.name());
                    Integer made = madeBy.get(value);
                    if (made != null && made < start) {
                        inputs.put(outputNames.getOrDefault(value, value.name()), value);
                    }
                }
            }
            boolean first = start == 0;
            graph.inputs().forEach((name, value) -> {
                if (needed.contains(name) || (first && !lastUse.containsKey(value))) {
                    inputs.put(name, value);
                }
            });
            Map<String, Value> outputs = new LinkedHashMap<>();
            Map<String, Value> passed = new LinkedHashMap<>();
            for (Node node : nodes.subList(start, end)) {
                for (Value value : node.outputs()) {
                    String asked = outputNames.get(value);
                    if (asked != null) {
                        outputs.put(asked, value);
                    } else if (lastUse.getOrDefault(value, -1) >= end) {
                        passed.put(value.name(), value);
                    }
                }
            }
            return new GraphSection(
                    nodes.subList(start, end),
                    inputs,
                    outputs,
                    passed,
                    graph.weights().stream()
                            .filter(weight -> needed.contains(weight.name()))
                            .toList(),
                    those(graph.constants(), needed::contains),
                    those(graph.scalars(), needed::contains));
        }

        private static <T> Map<String, T> those(Map<String, T> all, Predicate<String> wanted) {
            Map<String, T> some = new LinkedHashMap<>();
            all.forEach((name, value) -> {
                if (wanted.test(name)) {
                    some.put(name, value);
                }
            });
            return some;
        }
    }
}
