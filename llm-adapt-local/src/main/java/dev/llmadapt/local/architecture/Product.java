package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.StoredModel;
import dev.llmadapt.local.graph.StoredNode;
import dev.llmadapt.local.graph.StoredTensor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node of a stored model that multiplies its input with a weight matrix.
 *
 * @param node the node; its operand 0 is the input
 * @param weight the name of the initializer that holds the matrix
 * @param in numbers of the input
 * @param out numbers of the output
 */
record Product(StoredNode node, String weight, int in, int out) {
    /** Operators that a weight may pass through on its way to the product. */
    private static final Set<String> CARRIERS = Set.of("Transpose", "Identity", "Cast", "DequantizeLinear");

    /** The node as a product, if it is one. */
    static Optional<Product> of(StoredNode node, StoredModel model, Map<String, StoredNode> producers) {
        return switch (node.operator()) {
            case "MatMulNBits" -> of(node, node.input(1), node.integer("K", 0), node.integer("N", 0));
            case "MatMul" -> floats(node, false, model, producers);
            case "Gemm", "FusedMatMul" ->
                node.integer("transA", 0) != 0
                        ? Optional.empty()
                        : floats(node, node.integer("transB", 0) != 0, model, producers);
            default -> Optional.empty();
        };
    }

    private static Optional<Product> floats(
            StoredNode node, boolean transposed, StoredModel model, Map<String, StoredNode> producers) {
        String name = node.input(1);
        boolean swapped = transposed;
        StoredTensor tensor = model.tensors().get(name);
        for (int steps = 0; tensor == null && steps < 4; steps++) {
            StoredNode producer = producers.get(name);
            if (producer == null || !CARRIERS.contains(producer.operator())) {
                return Optional.empty();
            }
            if (producer.operator().equals("Transpose")) {
                long @Nullable [] order = producer.integers("perm");
                swapped ^= order == null || order.length != 2 || order[0] == 1;
            }
            name = producer.input(0);
            tensor = model.tensors().get(name);
        }
        if (tensor == null || tensor.shape().rank() != 2) {
            return Optional.empty();
        }
        Shape shape = tensor.shape();
        return of(
                node,
                name,
                shape.dim(swapped ? 1 : 0).size(),
                shape.dim(swapped ? 0 : 1).size());
    }

    private static Optional<Product> of(StoredNode node, String weight, long in, long out) {
        boolean possible = in > 0
                && out > 0
                && in < 1 << 24
                && out < 1 << 24
                && !node.output(0).isEmpty();
        return possible ? Optional.of(new Product(node, weight, (int) in, (int) out)) : Optional.empty();
    }

    @Override
    public String toString() {
        return "'" + node.name() + "' " + in + " -> " + out;
    }
}
