package dev.llmadapt.local.architecture;

import dev.llmadapt.Precision;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Blocks of a graph that learns: operators that have gradients, whole texts, no cache. */
final class TrainingBlocks implements Blocks {
    /** A key so many places beyond a window, times this, is unseen. */
    private static final float FAR = 1e9f;

    private final Graph graph;
    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final Precision precision;
    private final boolean unpacking;
    private final Tuned tuned;
    private final Value positions;
    private final Value mask;
    private final Family family;
    private final int maxPositions;
    private final int context;

    TrainingBlocks(
            Family family,
            Graph graph,
            Checkpoint checkpoint,
            Precision precision,
            int maxPositions,
            int context,
            boolean unpacking,
            Tuned tuned) {
        this.unpacking = unpacking;
        this.family = family;
        this.maxPositions = maxPositions;
        this.context = context;
        this.graph = graph;
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.precision = precision;
        this.tuned = tuned;
        this.positions = graph.input(TrainingDecoder.POSITIONS, ElementType.INT64, Shape.of("batch", "seq"));
        String keys = tuned.prefix(0).isPresent() ? "keys" : "seq";
        this.mask = graph.input(TrainingDecoder.MASK, ElementType.FLOAT, Shape.of("batch", 1, "groups*seq", keys));
    }

    private Value table(Rotary rotary, String which, Function<RotaryTables, float[]> numbers) {
        RotaryTables tables = RotaryTables.of(rotary, config, maxPositions, context);
        Shape shape = Shape.of(maxPositions, config.rotaryDim() / 2);
        return graph.sharedWeight(
                rotary.name() + which, ElementType.FLOAT, shape, memory -> memory.copy(numbers.apply(tables)));
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    int vocabularySize() {
        return checkpoint.tensor(headName()).rows();
    }

    Value embedded() {
        int hidden = config.hiddenSize();
        String name = checkpoint.embeddingModule() + ".weight";
        Optional<Value> table =
                tuned.weight(name, Shape.of(checkpoint.tensor(name).rows(), hidden));
        if (table.isPresent()) {
            Value ids = graph.input(TrainingDecoder.IDS, ElementType.INT64, Shape.of("batch", "seq"));
            Value rows = table.get()
                    .rows(ids.reshape(Shape.of("batch*seq"), -1))
                    .times((float) family.embeddingScale().applyAsDouble(config));
            Value like = graph.sharedInput(TrainingDecoder.POSITIONS, ElementType.INT64, Shape.of("batch", "seq"));
            return positioned(tuned.embedded(graph.reshapeRows(rows, like, Shape.of("batch", "seq", hidden))));
        }
        return positioned(tuned.embedded(
                graph.input(TrainingDecoder.EMBEDDINGS, ElementType.FLOAT, Shape.of("batch", "seq", hidden))));
    }

    /** With learned positions added, where the family has them. */
    private Value positioned(Value embedded) {
        if (family.positions().isEmpty()) {
            return embedded;
        }
        int hidden = config.hiddenSize();
        String name = family.positions().get() + ".weight";
        WeightTensor stored = checkpoint.tensor(name);
        Shape shape = Shape.of(stored.rows(), hidden);
        Value table = tuned.weight(name, shape)
                .orElseGet(() ->
                        graph.sharedWeight(name, ElementType.FLOAT, shape, memory -> memory.copy(stored.toFloats())));
        Value rows = table.rows(positions.reshape(Shape.of("batch*seq"), -1));
        return embedded.plus(graph.reshapeRows(rows, positions, Shape.of("batch", "seq", hidden)));
    }

    @Override
    public Normed addAndNorm(Residual x, Norm norm) {
        Value update = x.update();
        Value sum = update == null ? x.stream() : x.stream().plus(update);
        return new Normed(sum, norm(sum, norm));
    }

    @Override
    public Value norm(Value x, Norm norm) {
        WeightTensor tensor = checkpoint.tensor(norm.weight());
        Value stored = vector(norm.weight(), (int) tensor.size());
        Value scales = norm.offset() == 0 ? stored : stored.plus(norm.offset());
        Map<String, Object> attributes = Map.of("axis", -1L, "epsilon", (float) config.rmsNormEpsilon());
        String bias = norm.bias();
        return bias == null
                ? graph.applyAll(Op.RMS_NORM, attributes, 2, x, scales).get(0)
                : graph.applyAll(Op.LAYER_NORM, attributes, 3, x, scales, vector(bias, (int) tensor.size()))
                        .get(0);
    }

    @Override
    public Value attention(int layer, Value x, Attention attention) {
        int dim = config.headDim();
        int kvHeads = config.keyValueHeads();
        int groups = config.heads() / kvHeads;
        List<Value> projected = projected(
                x, attention.projections(), (long) config.heads() * dim, (long) kvHeads * dim, (long) kvHeads * dim);
        Value queries = rotated(projected.get(0), config.heads(), attention.queryNorm(), attention.rotary())
                // query heads of a group stand beside each other
                .reshape(Shape.of("batch", "seq", kvHeads, groups, dim), 0, 0, kvHeads, groups, dim)
                .transpose(0, 2, 3, 1, 4)
                .reshape(Shape.of("batch", kvHeads, "groups*seq", dim), 0, kvHeads, -1, dim);
        Value keys = heads(rotated(projected.get(1), kvHeads, attention.keyNorm(), attention.rotary()));
        Value values = heads(projected.get(2));
        Optional<Tuned.Prefix> before = tuned.prefix(layer);
        if (before.isPresent()) {
            keys = after(before.get().keys(), keys, 2);
            values = after(before.get().values(), values, 2);
        }
        Value scores =
                queries.product(false, keys, true, (float) attention.scale()).softCapped(attention.softCap());
        Value context = scores.plus(mask(attention.window(), groups))
                .softmax()
                .matmul(values); // (batch, kvHeads, groups * seq, dim)
        Value joined = context.reshape(Shape.of("batch", kvHeads, groups, "seq", dim), 0, kvHeads, groups, -1, dim)
                .transpose(0, 3, 1, 2, 4)
                .reshape(Shape.of("batch", "seq", config.heads() * dim), 0, 0, (long) config.heads() * dim);
        return linear(joined, attention.output());
    }

    /** The mask added to the scores of a layer that sees so many tokens, 0 for all. */
    private Value mask(int window, int groups) {
        if (window == 0 || window >= maxPositions) {
            return mask;
        }
        return graph.once("mask." + window, () -> {
            Value places = graph.cast(positions, ElementType.FLOAT);
            Value queries = places.reshape(Shape.of("batch", 1, "seq", 1), 0, 1, -1, 1);
            Value own = places.reshape(Shape.of("batch", 1, 1, "seq"), 0, 1, 1, -1);
            Value keys = tuned.prefix(0)
                    .map(prefix ->
                            after(firstPlaces(prefix.keys().shape().dim(2).size()), own, 3))
                    .orElse(own);
            // how far each key lies before each query: beyond the window a very negative number, else 0
            Value beyond = queries.minus(keys).times(-1).plus(window - 0.5f);
            Value unseen =
                    graph.apply(Op.MIN, Map.of(), beyond, graph.scalar(0)).times(FAR);
            Value[] each = Collections.nCopies(groups, unseen).toArray(Value[]::new);
            Value repeated = graph.apply(Op.CONCAT, Map.of("axis", 2L), each);
            return mask.plus(graph.named(repeated, mask.shape()));
        });
    }

    /** The positions of a prefix: from 0. */
    private Value firstPlaces(long tokens) {
        float[] places = new float[(int) tokens];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        return graph.sharedWeight(
                "prefix.positions", ElementType.FLOAT, Shape.of(1, 1, 1, places.length), memory -> memory.copy(places));
    }

    /** Projects by one module whose outputs stand side by side, or by a module each. */
    private List<Value> projected(Value x, List<String> modules, long... widths) {
        return modules.size() == 1
                ? linear(x, modules.get(0)).split(widths)
                : modules.stream().map(module -> linear(x, module)).toList();
    }

    private Value rotated(Value x, int heads, @Nullable Norm norm, @Nullable Rotary rotary) {
        int dim = config.headDim();
        Value normed = x;
        if (norm != null) {
            normed = norm(x.reshape(Shape.of("batch", "seq", heads, dim), 0, 0, heads, dim), norm)
                    .reshape(Shape.of("batch", "seq", heads * dim), 0, 0, (long) heads * dim);
        }
        if (rotary == null) {
            return normed;
        }
        return graph.apply(
                Op.ROTARY,
                Map.of(
                        "num_heads",
                        (long) heads,
                        "interleaved",
                        0L,
                        "rotary_embedding_dim",
                        config.rotaryDim() == dim ? 0L : (long) config.rotaryDim()),
                normed,
                positions,
                table(rotary, ".cos", RotaryTables::cos),
                table(rotary, ".sin", RotaryTables::sin));
    }

    /** {@code (batch, seq, kvHeads * dim) -> (batch, kvHeads, seq, dim)}. */
    private Value heads(Value x) {
        int heads = config.keyValueHeads();
        int dim = config.headDim();
        return x.reshape(Shape.of("batch", "seq", heads, dim), 0, 0, heads, dim).transpose(0, 2, 1, 3);
    }

    /** A prefix for all rows of the batch, then their own, along a dimension. */
    private Value after(Value prefix, Value own, int axis) {
        Value none = graph.sharedInput(TrainingDecoder.PREFIX_ROWS, ElementType.FLOAT, Shape.of("batch", 1, 1, 1));
        Value joined = graph.apply(Op.CONCAT, Map.of("axis", (long) axis), none.plus(prefix), own);
        return graph.named(joined, joined.shape().with(axis, Shape.Dim.of("keys")));
    }

    @Override
    public Value feedForward(Value x, FeedForward feedForward) {
        int width = config.intermediateSize();
        if (!feedForward.gated()) {
            Value inner = linear(x, feedForward.inner().get(0));
            return linear(feedForward.activation().of(inner), feedForward.down());
        }
        List<Value> gateAndUp = projected(x, feedForward.inner(), width, width);
        Value gate = feedForward.activation().of(gateAndUp.get(0));
        return linear(gate.times(gateAndUp.get(1)), feedForward.down());
    }

    private String headName() {
        String own = AdapterSite.HEAD + ".weight";
        return checkpoint.tensors().containsKey(own) ? own : checkpoint.embeddingModule() + ".weight";
    }

    /** {@code (rows, hidden) -> (rows, vocabulary)}; may be called for several pieces. */
    Value head(Value rows) {
        WeightTensor weight = checkpoint.tensor(headName());
        Shape shape = Shape.of(weight.rows(), weight.rowLength());
        Optional<Value> learned = tuned.weight(headName(), shape);
        UnaryOperator<Value> frozen = product(AdapterSite.HEAD, weight, learned);
        return adapted(AdapterSite.HEAD, weight, rows, frozen.apply(tuned.input(AdapterSite.HEAD, rows)), frozen)
                .softCapped(family.logitCap().applyAsDouble(config));
    }

    private Shape shape(String module) {
        WeightTensor weight = checkpoint.tensor(module + ".weight");
        return Shape.of(weight.rows(), weight.rowLength());
    }

    /**
     * A linear layer. Each is a product of its own, so that nothing is copied to take results apart or gradients
     * together.
     */
    private Value linear(Value x, String name) {
        WeightTensor weight = checkpoint.tensor(name + ".weight");
        Optional<Value> learned = tuned.weight(name + ".weight", shape(name));
        UnaryOperator<Value> product = product(name, weight, learned);
        Value input = tuned.input(name, x);
        return adapted(name, weight, input, product.apply(input), product);
    }

    private UnaryOperator<Value> product(String name, WeightTensor weight, Optional<Value> learned) {
        LinearWeights frozen = name.equals(AdapterSite.HEAD)
                ? LinearWeights.ofHead(weight, precision)
                : LinearWeights.of(List.of(weight), precision);
        if (learned.isPresent()) {
            return x -> x.linear(learned.get());
        }
        return unpacking ? x -> frozen.applyUnpacked(x, name) : x -> frozen.apply(x, name);
    }

    private Value adapted(String name, WeightTensor weight, Value x, Value product, UnaryOperator<Value> own) {
        Value y = tuned.product(new Tuned.Linear(name, weight.rowLength(), weight.rows(), own), x, product);
        boolean biased = checkpoint.tensors().containsKey(name + ".bias");
        return tuned.output(name, biased ? y.plus(vector(name + ".bias", weight.rows())) : y);
    }

    private Value vector(String name, int length) {
        Shape shape = Shape.of(length);
        WeightTensor tensor = checkpoint.tensor(name);
        return tuned.weight(name, shape)
                .orElseGet(() ->
                        graph.sharedWeight(name, ElementType.FLOAT, shape, memory -> memory.copy(tensor.toFloats())));
    }
}
