package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.StoredModel;
import dev.llmadapt.local.graph.StoredNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who computes and who uses each value of a stored model, and which products lie nearest along the data's way. */
final class Flow {
    /** Operators that see no more of a value than its size. */
    private static final Set<String> SIZE_ONLY = Set.of("Shape", "Size");

    private final Map<String, StoredNode> producers = new HashMap<>();
    private final Map<String, List<StoredNode>> consumers = new HashMap<>();
    private final Map<StoredNode, Product> products = new LinkedHashMap<>(); // in the order they are computed
    private final Map<StoredNode, Integer> order = new HashMap<>();

    Flow(StoredModel model) {
        for (StoredNode node : model.nodes()) {
            order.put(node, order.size());
            node.outputs().forEach(output -> producers.put(output, node));
            node.inputs()
                    .forEach(input -> consumers
                            .computeIfAbsent(input, name -> new ArrayList<>())
                            .add(node));
        }
        producers.remove("");
        consumers.remove("");
        for (StoredNode node : model.nodes()) {
            Product.of(node, model, producers).ifPresent(product -> products.put(node, product));
        }
    }

    /** All products, in the order they are computed. */
    List<Product> products() {
        return List.copyOf(products.values());
    }

    @Nullable
    StoredNode producer(String value) {
        return producers.get(value);
    }

    List<StoredNode> consumers(String value) {
        return consumers.getOrDefault(value, List.of());
    }

    /** The last products whose results a value is made of. */
    List<Product> before(String value) {
        return walk(value, List.of(), false);
    }

    /** The first products that use a result, in the order they are computed. */
    List<Product> after(Product product) {
        return walk("", consumers(product.node().output(0)), true);
    }

    /** The products of the same input, in the order they are computed. */
    List<Product> besides(Product product) {
        return consumers(product.node().input(0)).stream()
                .map(products::get)
                .filter(other -> other != null
                        && other.node().input(0).equals(product.node().input(0)))
                .distinct()
                .toList();
    }

    private List<Product> walk(String from, List<StoredNode> first, boolean forward) {
        Set<StoredNode> seen = new HashSet<>();
        ArrayDeque<StoredNode> open = new ArrayDeque<>(first);
        if (producers.containsKey(from)) {
            open.add(producers.get(from));
        }
        List<Product> found = new ArrayList<>();
        while (!open.isEmpty()) {
            StoredNode node = open.poll();
            if (!seen.add(node) || SIZE_ONLY.contains(node.operator())) {
                continue;
            }
            Product product = products.get(node);
            if (product != null) {
                found.add(product);
            } else if (forward) {
                node.outputs().forEach(output -> open.addAll(consumers(output)));
            } else {
                node.inputs().forEach(input -> {
                    StoredNode producer = producers.get(input);
                    if (producer != null) {
                        open.add(producer);
                    }
                });
            }
        }
        found.sort(Comparator.comparing(product -> order.get(product.node())));
        return found;
    }
}
