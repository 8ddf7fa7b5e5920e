package dev.llmadapt.local.architecture;

import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs.Change;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Linear layers of a graph that answers, with the biases of the checkpoint and whatever adapters can change, and the
 * places where adapters act.
 */
final class AdaptedLinear {
    private final Graph graph;
    private final Checkpoint checkpoint;
    private final Precision precision;
    private final ElementType dtype;
    private final AdapterInputs adapters;
    private final List<AdapterSite> sites = new ArrayList<>();

    AdaptedLinear(Graph graph, Checkpoint checkpoint, Precision precision, ElementType dtype, AdapterInputs adapters) {
        this.graph = graph;
        this.checkpoint = checkpoint;
        this.precision = precision;
        this.dtype = dtype;
        this.adapters = adapters;
    }

    /** The places where adapters act, in the order of the layers made. */
    List<AdapterSite> sites() {
        return List.copyOf(sites);
    }

    /** {@code (rows, hidden) -> (rows, vocabulary)}. */
    Value head(Value x, WeightTensor weight) {
        int hiddenSize = checkpoint.config().hiddenSize();
        String name = AdapterSite.HEAD;
        AdapterSite site = AdapterSite.of(List.of(name), hiddenSize, List.of(weight.rows()), adapters);
        sites.add(site);
        UnaryOperator<Value> product =
                y -> LinearWeights.ofHead(weight, precision).apply(y, name);
        if (site.changes().isEmpty()) {
            return biased(product.apply(x), List.of(name), List.of(weight));
        }
        // adapters act on rows of a batch: here each wanted position is one
        Value each = x.reshape(Shape.of("rows", 1, hiddenSize), -1, 1, hiddenSize);
        Value logits = adapted(
                site,
                "rows",
                DecoderGraph.HEAD_ADAPTER_WEIGHTS,
                each,
                y -> biased(product.apply(y), List.of(name), List.of(weight)));
        return logits.reshape(Shape.of("rows", weight.rows()), -1, weight.rows());
    }

    /**
     * Linear layers of one input as one product, their results side by side; biases added where the checkpoint has
     * them, and whatever adapters can change.
     */
    Value product(Value x, List<String> names) {
        List<WeightTensor> weights =
                names.stream().map(name -> checkpoint.tensor(name + ".weight")).toList();
        List<Integer> widths = weights.stream().map(WeightTensor::rows).toList();
        AdapterSite site = AdapterSite.of(names, weights.get(0).rowLength(), widths, adapters);
        if (names.size() > 1
                && site.changes().contains(Change.INPUT_SCALE)) { // each may scale the input in its own way
            Value[] apart =
                    names.stream().map(name -> product(x, List.of(name))).toArray(Value[]::new);
            return graph.apply(Op.CONCAT, Map.of("axis", -1L), apart);
        }
        sites.add(site);
        return adapted(
                site,
                "batch",
                DecoderGraph.ADAPTER_WEIGHTS,
                x,
                y -> biased(LinearWeights.of(weights, precision).apply(y, site.name()), names, weights));
    }

    /** A product with what adapters change before and after it; see {@link AdapterSite}. */
    private Value adapted(AdapterSite site, String batch, String weightsName, Value x, UnaryOperator<Value> product) {
        Set<Change> changes = site.changes();
        Value y = product.apply(
                changes.contains(Change.INPUT_SCALE)
                        ? x.times(mixed(site.inputScale(), site.in(), batch, weightsName))
                        : x);
        if (changes.contains(Change.OUTPUT_SCALE)) {
            y = y.times(mixed(site.outputScale(), site.out(), batch, weightsName));
        }
        if (changes.contains(Change.LOW_RANK)) {
            y = y.plus(lowRank(site, batch, x));
        }
        if (changes.contains(Change.BIAS)) {
            y = y.plus(mixed(site.bias(), site.out(), batch, weightsName));
        }
        return y;
    }

    /** {@code ((x A) * mask) B}; B is a block a module, since none needs what the others' ranks hold. */
    private Value lowRank(AdapterSite site, String batch, Value x) {
        String rank = "rank." + site.kind();
        Value a = graph.input(site.a(), dtype, Shape.of("groups", site.in(), rank));
        Value mask = graph.sharedInput(site.mask(), dtype, Shape.of(batch, 1, rank));
        Value down = x.matmul(a).times(mask); // (batch, seq, rank)
        int modules = site.modules().size();
        if (modules == 1) {
            return down.matmul(b(site, 0, rank));
        }
        Dim[] parts = new Dim[modules];
        Arrays.setAll(parts, module -> Dim.of(rank + "." + module));
        List<Value> downs = down.split(graph.sharedInput(site.ranks(), ElementType.INT64, Shape.of(modules)), parts);
        Value[] ups = new Value[modules];
        Arrays.setAll(ups, module -> downs.get(module).matmul(b(site, module, rank + "." + module)));
        return graph.apply(Op.CONCAT, Map.of("axis", -1L), ups);
    }

    private Value b(AdapterSite site, int module, String rank) {
        Shape shape = Shape.of("groups", rank, site.widths().get(module));
        return graph.input(site.b(module), dtype, shape);
    }

    /** Each row's own sum of the active adapters' vectors: {@code (batch, 1, width)}. */
    private Value mixed(String name, int width, String batch, String weightsName) {
        Value weights = graph.sharedInput(weightsName, dtype, Shape.of(batch, 1, "adapters"));
        return weights.matmul(graph.input(name, dtype, Shape.of("adapters", width)));
    }

    private Value biased(Value product, List<String> names, List<WeightTensor> weights) {
        if (names.stream().noneMatch(name -> checkpoint.tensors().containsKey(name + ".bias"))) {
            return product;
        }
        int width = weights.stream().mapToInt(WeightTensor::rows).sum();
        Value bias = graph.weight(String.join("+", names) + ".bias", dtype, Shape.of(width), memory -> {
            ByteBuffer buffer = memory.zeros((long) width * dtype.bytes());
            for (int i = 0; i < names.size(); i++) {
                WeightTensor stored = checkpoint.tensors().get(names.get(i) + ".bias");
                float[] values = stored == null ? new float[weights.get(i).rows()] : stored.toFloats();
                for (float value : values) {
                    Buffers.put(value, dtype, buffer);
                }
            }
            return buffer.flip();
        });
        return product.plus(bias);
    }
}
