package dev.llmadapt.local.architecture;

import static dev.llmadapt.local.architecture.DecoderGraph.pastKey;
import static dev.llmadapt.local.architecture.DecoderGraph.pastValue;
import static dev.llmadapt.local.architecture.DecoderGraph.presentKey;
import static dev.llmadapt.local.architecture.DecoderGraph.presentValue;

import dev.llmadapt.Precision;
import dev.llmadapt.local.architecture.AdapterInputs.Change;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Blocks of a graph that answers, or reads texts as a whole: fused operators, a cache of keys and values if it answers,
 * inputs for adapters.
 */
final class ServingBlocks implements Blocks {
    private final Graph graph = new Graph();
    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final HeadLayout layout;
    private final Precision precision;
    private final ElementType dtype; // of embeddings, the cache and all between
    private final int maxPositions;
    private final boolean cached;
    private final Value lengths;
    private final Value totalLength;
    private final Family family;

    private final AdapterInputs adapters;
    private final List<AdapterSite> sites = new ArrayList<>();

    ServingBlocks(
            Family family,
            Checkpoint checkpoint,
            Precision precision,
            ElementType dtype,
            int maxPositions,
            AdapterInputs adapters,
            boolean cached) {
        this.family = family;
        this.cached = cached;
        this.adapters = adapters;
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.layout = HeadLayout.of(config);
        this.precision = precision;
        this.dtype = dtype;
        this.maxPositions = maxPositions;
        this.lengths = graph.input(DecoderGraph.LENGTHS, ElementType.INT32, Shape.of("batch"));
        this.totalLength = graph.input(DecoderGraph.TOTAL_LENGTH, ElementType.INT32, Shape.of());
    }

    /** A table of rotary positions, shared by the layers that have them. */
    private Value table(Rotary rotary, String which, Function<RotaryTables, float[]> table) {
        RotaryTables tables =
                RotaryTables.of(rotary, config, maxPositions, maxPositions).withPairs(layout.tablePairs());
        return graph.sharedWeight(
                rotary.name() + which,
                dtype,
                Shape.of(maxPositions, layout.tablePairs()),
                memory -> floats(memory, table.apply(tables)));
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    /** The embedded tokens: {@code (batch, seq, hidden)}. */
    Value embeddings() {
        return graph.input(DecoderGraph.EMBEDDINGS, dtype, Shape.of("batch", "seq", config.hiddenSize()));
    }

    @Override
    public Normed addAndNorm(Residual x, Norm norm) {
        Value stream = x.stream();
        Value update = x.update();
        if (update == null) {
            return new Normed(stream, norm(stream, norm));
        }
        Map<String, Object> epsilon = Map.of("epsilon", (float) config.rmsNormEpsilon());
        String bias = norm.bias();
        List<Value> results = bias == null
                ? graph.applyAll(Op.SKIP_RMS_NORM, epsilon, 4, stream, update, scales(norm))
                : graph.applyAll(Op.SKIP_LAYER_NORM, epsilon, 4, stream, update, scales(norm), vector(bias));
        return new Normed(results.get(3), results.get(0));
    }

    @Override
    public Value norm(Value x, Norm norm) {
        Map<String, Object> attributes = Map.of("axis", -1L, "epsilon", (float) config.rmsNormEpsilon());
        String bias = norm.bias();
        return bias == null
                ? graph.apply(Op.RMS_NORM, attributes, x, scales(norm))
                : graph.apply(Op.LAYER_NORM, attributes, x, scales(norm), vector(bias));
    }

    private Value vector(String name) {
        WeightTensor tensor = checkpoint.tensor(name);
        return graph.weight(name, dtype, Shape.of((int) tensor.size()), memory -> floats(memory, tensor.toFloats()));
    }

    private ByteBuffer floats(NativeArena memory, float[] values) {
        return Buffers.rounded(memory, memory.copy(values), dtype);
    }

    private Value scales(Norm norm) {
        WeightTensor tensor = checkpoint.tensor(norm.weight());
        return graph.weight(norm.weight(), dtype, Shape.of((int) tensor.size()), memory -> {
            float[] scales = tensor.toFloats();
            for (int i = 0; i < scales.length; i++) {
                scales[i] += norm.offset();
            }
            return floats(memory, scales);
        });
    }

    /** The layer's cache, if there is one, takes the new keys and values. */
    @Override
    public Value attention(int layer, Value x, Attention attention) {
        long heads = config.heads();
        long kvHeads = config.keyValueHeads();
        int dim = config.headDim();
        int width = layout.width();
        Shape cache = Shape.of("batch", config.keyValueHeads(), "capacity", width);
        Value pastKey = cached ? graph.input(pastKey(layer), dtype, cache) : null;
        Value pastValue = cached ? graph.input(pastValue(layer), dtype, cache) : null;
        Value packed = linear(x, attention.projections());
        Norm queryNorm = attention.queryNorm();
        Norm keyNorm = attention.keyNorm();
        Value query;
        Value key = null;
        Value value = null;
        if (queryNorm != null && keyNorm != null) {
            List<Value> apart = packed.split(heads * dim, kvHeads * dim, kvHeads * dim);
            query = layout.wide(normed(apart.get(0), config.heads(), queryNorm), config.heads());
            key = layout.wide(normed(apart.get(1), config.keyValueHeads(), keyNorm), config.keyValueHeads());
            value = layout.wide(apart.get(2), config.keyValueHeads());
        } else {
            query = layout.wide(packed, config.heads() + 2 * config.keyValueHeads());
        }
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("num_heads", heads);
        attributes.put("kv_num_heads", kvHeads);
        Rotary rotary = attention.rotary();
        attributes.put("do_rotary", rotary == null ? 0L : 1L);
        attributes.put("rotary_interleaved", 0L);
        if (attention.scale() != 1 / Math.sqrt(width)) {
            attributes.put("scale", (float) attention.scale());
        }
        if (attention.softCap() != 0) {
            attributes.put("softcap", (float) attention.softCap());
        }
        if (attention.window() != 0) {
            attributes.put("local_window_size", (long) attention.window());
        }
        List<Value> results = graph.applyAll(
                Op.GROUP_QUERY_ATTENTION,
                attributes,
                3,
                query,
                key,
                value,
                pastKey,
                pastValue,
                lengths,
                totalLength,
                rotary == null ? null : table(rotary, ".cos", RotaryTables::cos),
                rotary == null ? null : table(rotary, ".sin", RotaryTables::sin));
        if (cached) {
            graph.output(presentKey(layer), results.get(1));
            graph.output(presentValue(layer), results.get(2));
        }
        return linear(layout.narrow(results.get(0), config.heads()), List.of(attention.output()));
    }

    /** {@code (batch, seq, heads * dim)}, normed head by head. */
    private Value normed(Value x, int heads, Norm norm) {
        int dim = config.headDim();
        Value apart = x.reshape(Shape.of("batch", "seq", heads, dim), 0, 0, heads, dim);
        return norm(apart, norm).reshape(Shape.of("batch", "seq", heads * dim), 0, 0, (long) heads * dim);
    }

    @Override
    public Value feedForward(Value x, FeedForward feedForward) {
        int width = config.intermediateSize();
        Value inner = linear(x, feedForward.inner());
        if (!feedForward.gated()) {
            return linear(feedForward.activation().of(inner), List.of(feedForward.down()));
        }
        List<Value> gateAndUp = inner.split(width, width);
        Value gate = feedForward.activation().of(gateAndUp.get(0));
        return linear(gate.times(gateAndUp.get(1)), List.of(feedForward.down()));
    }

    /** The logits of the wanted rows, and the graph as a whole. */
    DecoderGraph finish(Value hidden) {
        int hiddenSize = config.hiddenSize();
        Value rows = graph.input(DecoderGraph.LOGIT_ROWS, ElementType.INT64, Shape.of("rows"));
        Value flat = hidden.reshape(Shape.of("batch*seq", hiddenSize), -1, hiddenSize);
        WeightTensor table = checkpoint.tensor(checkpoint.embeddingModule() + ".weight");
        boolean tied = !checkpoint.tensors().containsKey("lm_head.weight");
        Value logits = head(flat.rows(rows), tied ? table : checkpoint.tensor("lm_head.weight"));
        graph.output(
                DecoderGraph.LOGITS,
                graph.cast(logits, ElementType.FLOAT)
                        .softCapped(family.logitCap().applyAsDouble(config)));
        long parameters = checkpoint.tensors().values().stream()
                .mapToLong(WeightTensor::size)
                .sum();
        return new DecoderGraph(
                OnnxModel.of(graph),
                dtype,
                Embedding.of(checkpoint),
                config.layers(),
                config.keyValueHeads(),
                layout.width(),
                hiddenSize,
                config.vocabularySize(),
                maxPositions,
                parameters,
                adapters,
                List.copyOf(sites));
    }

    /** The weighted sums of each state over the tokens, and the graph as a whole. */
    HiddenStatesGraph pooled(List<Value> states) {
        Value pooling = graph.input(HiddenStatesGraph.POOLING, ElementType.FLOAT, Shape.of("batch", 1, "seq"));
        Value[] pooled = new Value[states.size()];
        Arrays.setAll(pooled, i -> pooling.matmul(graph.cast(states.get(i), ElementType.FLOAT)));
        graph.output(HiddenStatesGraph.POOLED, graph.apply(Op.CONCAT, Map.of("axis", 1L), pooled));
        return new HiddenStatesGraph(
                OnnxModel.of(graph),
                dtype,
                Embedding.of(checkpoint),
                states.size(),
                config.hiddenSize(),
                maxPositions,
                adapters,
                List.copyOf(sites));
    }

    /** {@code (rows, hidden) -> (rows, vocabulary)}. */
    private Value head(Value x, WeightTensor weight) {
        String name = AdapterSite.HEAD;
        AdapterSite site = AdapterSite.of(List.of(name), config.hiddenSize(), List.of(weight.rows()), adapters);
        sites.add(site);
        UnaryOperator<Value> product =
                y -> LinearWeights.of(List.of(weight), precision).apply(y, name);
        if (site.changes().isEmpty()) {
            return biased(product.apply(x), List.of(name), List.of(weight));
        }
        // adapters act on rows of a batch: here each wanted position is one
        Value each = x.reshape(Shape.of("rows", 1, config.hiddenSize()), -1, 1, config.hiddenSize());
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
    private Value linear(Value x, List<String> names) {
        List<WeightTensor> weights =
                names.stream().map(name -> checkpoint.tensor(name + ".weight")).toList();
        List<Integer> widths = weights.stream().map(WeightTensor::rows).toList();
        AdapterSite site = AdapterSite.of(names, weights.get(0).rowLength(), widths, adapters);
        if (names.size() > 1
                && site.changes().contains(Change.INPUT_SCALE)) { // each may scale the input in its own way
            Value[] apart = names.stream().map(name -> linear(x, List.of(name))).toArray(Value[]::new);
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
