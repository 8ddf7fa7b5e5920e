package dev.llmadapt.peft.training;

import dev.llmadapt.peft.graph.Graph;
import dev.llmadapt.peft.graph.Node;
import dev.llmadapt.peft.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
        IdentityHashMap<Value, Boolean> reached = new IdentityHashMap<>(); // values that depend on a leaf
        leaves.forEach(leaf -> reached.put(leaf, true));
        for (Node node : nodes) {
            if (node.inputs().stream().anyMatch(input -> input != null && reached.containsKey(input))) {
                node.outputs().forEach(output -> reached.put(output, true));
            }
        }
        IdentityHashMap<Value, Value> gradients = new IdentityHashMap<>();
        seeds.forEach((value, seed) -> add(gradients, value, seed));
        IdentityHashMap<Value, Boolean> ends = new IdentityHashMap<>();
        leaves.forEach(leaf -> ends.put(leaf, true));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(ends::containsKey)) {
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
                wanted[input] = value != null && reached.containsKey(value);
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
        Map<Value, Value> result = new IdentityHashMap<>();
        for (Value leaf : leaves) {
            Value gradient = gradients.get(leaf);
            if (gradient != null) {
                result.put(leaf, gradient);
            }
        }
        return result;
    }

    private static void add(IdentityHashMap<Value, Value> gradients, Value value, Value gradient) {
        gradients.merge(value, gradient, Value::plus);
    }
}
