package dev.llmadapt.local.architecture;

import static dev.llmadapt.local.architecture.DecoderGraph.pastKey;
import static dev.llmadapt.local.architecture.DecoderGraph.pastValue;
import static dev.llmadapt.local.architecture.DecoderGraph.presentKey;
import static dev.llmadapt.local.architecture.DecoderGraph.presentValue;

import dev.llmadapt.Precision;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.local.memory.NativeArena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of a graph that answers, or reads texts as a whole: fused operators, a cache of keys and values if it answers,
 * inputs for adapters.
 */
final class ServingBlocks implements Blocks {
    private final Graph graph = new Graph();
    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final HeadLayout layout;
    private final ElementType dtype; // of embeddings, the cache and all between
    private final int maxPositions;
    private final boolean cached;
    private final boolean rows; // whether tokens can be read as steps would
    private final Optional<CacheScales> cacheScales; // of a cache of 8-bit numbers
    private final ServingAttention fused;
    private final Family family;

    private final AdapterInputs adapters;
    private final AdaptedLinear linear;

    ServingBlocks(
            Family family,
            Checkpoint checkpoint,
            Precision precision,
            ElementType dtype,
            int maxPositions,
            AdapterInputs adapters,
            boolean cached,
            boolean rows,
            Optional<CacheScales> cacheScales) {
        this.rows = rows;
        this.cacheScales = cacheScales;
        this.family = family;
        this.cached = cached;
        this.adapters = adapters;
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.layout = HeadLayout.of(config);
        this.dtype = dtype;
        this.maxPositions = maxPositions;
        this.linear = new AdaptedLinear(graph, checkpoint, precision, dtype, adapters);
        this.fused = new ServingAttention(graph, config, layout, cached && dtype == ElementType.FLOAT && !rows, rows);
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
        ElementType stored = cacheScales.isPresent() ? ElementType.INT8 : dtype;
        Value pastKey = cached ? graph.input(pastKey(layer), stored, cache) : null;
        Value pastValue = cached ? graph.input(pastValue(layer), stored, cache) : null;
        Value packed = linear.product(x, attention.projections());
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
        Rotary rotary = attention.rotary();
        Value cos = rotary == null ? null : table(rotary, ".cos", RotaryTables::cos);
        Value sin = rotary == null ? null : table(rotary, ".sin", RotaryTables::sin);
        List<Value> results = fused.of(
                new ServingAttention.Projected(query, key, value),
                new ServingAttention.Context(pastKey, pastValue, cos, sin, steps(layer)),
                attention);
        if (cached) {
            graph.output(presentKey(layer), results.get(1));
            graph.output(presentValue(layer), results.get(2));
            for (int i = 3; i < results.size(); i++) { // in pairs of keys and values
                String name = i % 2 == 1 ? presentKey(layer) : presentValue(layer);
                graph.output(RowInputs.present(name, (i - 3) / 2), results.get(i));
            }
        }
        return linear.product(layout.narrow(results.get(0), config.heads()), List.of(attention.output()));
    }

    /** The steps of a layer's cache of 8-bit numbers; null for one of floats. */
    private ServingAttention.@Nullable Steps steps(int layer) {
        return cacheScales
                .map(scales -> new ServingAttention.Steps(
                        steps(pastKey(layer), scales, 2 * layer), steps(pastValue(layer), scales, 2 * layer + 1)))
                .orElse(null);
    }

    private Value steps(String cache, CacheScales scales, int plane) {
        Shape shape = Shape.of(1, config.keyValueHeads(), 1, layout.width());
        return graph.weight(cache + ".steps", ElementType.FLOAT, shape, memory -> memory.copy(scales.plane(plane)));
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
        Value inner = linear.product(x, feedForward.inner());
        if (!feedForward.gated()) {
            return linear.product(feedForward.activation().of(inner), List.of(feedForward.down()));
        }
        List<Value> gateAndUp = inner.split(width, width);
        Value gate = feedForward.activation().of(gateAndUp.get(0));
        return linear.product(gate.times(gateAndUp.get(1)), List.of(feedForward.down()));
    }

    /** The logits of the wanted rows, and the graph as a whole. */
    DecoderGraph finish(Value hidden) {
        int hiddenSize = config.hiddenSize();
        Value rows = graph.input(DecoderGraph.LOGIT_ROWS, ElementType.INT64, Shape.of("rows"));
        Value flat = hidden.reshape(Shape.of("batch*seq", hiddenSize), -1, hiddenSize);
        WeightTensor table = checkpoint.tensor(checkpoint.embeddingModule() + ".weight");
        boolean tied = !checkpoint.tensors().containsKey("lm_head.weight");
        Value logits = linear.head(flat.rows(rows), tied ? table : checkpoint.tensor("lm_head.weight"));
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
                linear.sites(),
                fused.trees(),
                this.rows,
                cacheScales);
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
                linear.sites());
    }
}
