package dev.llmadapt.peft.training;

import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Node;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reverse-mode differentiation of a graph: the gradient is more graph (Griewank and Walther 2008, chapter 3). */
final class Gradients {
    private Gradients() {}

    /**
     * Adds to a graph the gradient of a sum with respect to some of its values.
     *
     * @param seeds the gradients that begin the way back, each of its value's shape: what the sum's gradient is there
     * @param leaves values at which it ends; nothing flows back beyond them
     * @return the gradient of each leaf that the seeds' values depend on, of its shape
     * @throws IllegalArgumentException if an operator between them has no rule
     */
    static Map<Value, Value> of(Graph graph, Map<Value, Value> seeds, Collection<Value> leaves) {
        List<Node> nodes = List.copyOf(graph.nodes());
        Set<Value> reached = new HashSet<>(leaves); // values that depend on a leaf
        for (Node node : nodes) {
            boolean flowing = node.op() != Op.SHAPE && node.op() != Op.STOP_GRADIENT;
            if (flowing && node.inputs().stream().anyMatch(input -> input != null && reached.contains(input))) {
                reached.addAll(node.outputs());
            }
        }
        Map<Value, Value> gradients = new LinkedHashMap<>();
        seeds.forEach((value, seed) -> add(gradients, value, seed));
        Set<Value> ends = new HashSet<>(leaves);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(ends::contains)) {
                continue;
            }
            List<@Nullable Value> dOut = new ArrayList<>();
            boolean flows = false;
            for (Value output : node.outputs()) {
                Value gradient = gradients.remove(output);
                flows |= gradient != null;
                dOut.add(gradient);
            }
            boolean[] wanted = new boolean[node.inputs().size()];
            boolean any = false;
            for (int input = 0; input < wanted.length; input++) {
                Value value = node.inputs().get(input);
                wanted[input] = value != null && reached.contains(value);
                any |= wanted[input];
            }
            if (!flows || !any) {
                continue;
            }
            @Nullable Value[] dIn = GradientRules.apply(graph, node, dOut, wanted);
            for (int input = 0; input < wanted.length; input++) {
                Value value = node.inputs().get(input);
                Value gradient = dIn[input];
                if (value != null && gradient != null) {
                    add(gradients, value, gradient);
                }
            }
        }
        Map<Value, Value> result = new LinkedHashMap<>();
        for (Value leaf : leaves) {
            Value gradient = gradients.get(leaf);
            if (gradient != null) {
                result.put(leaf, gradient);
            }
        }
        return result;
    }

    private static void add(Map<Value, Value> gradients, Value value, Value gradient) {
        gradients.merge(value, gradient, Value::plus);
    }
}
