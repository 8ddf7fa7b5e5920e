package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Attention of a graph that answers: the engine's fused operator, which rotates, writes keys and values into the cache
 * and attends to it. Where a run has a tree behind its text ({@link TreeInputs}), the operator takes the text's rows,
 * and {@link TreeAttention} the tree's.
 */
final class ServingAttention {
    private final Graph graph;
    private final ModelConfig config;
    private final HeadLayout layout;
    private final Value lengths;
    private final Value totalLength;
    private final @Nullable TreeAttention tree;
    private final @Nullable RowAttention byRow;

    /**
     * Makes it, and its inputs in the graph.
     *
     * @param trees whether the graph reads trees
     * @param rows whether it reads tokens as steps would
     */
    ServingAttention(Graph graph, ModelConfig config, HeadLayout layout, boolean trees, boolean rows) {
        this.graph = graph;
        this.config = config;
        this.layout = layout;
        this.lengths = graph.input(DecoderGraph.LENGTHS, ElementType.INT32, Shape.of("batch"));
        this.totalLength = graph.input(DecoderGraph.TOTAL_LENGTH, ElementType.INT32, Shape.of());
        this.tree = trees ? new TreeAttention(graph, config, layout) : null;
        this.byRow = rows ? new RowAttention(graph) : null;
    }

    /** The inputs for trees, if the graph reads them. */
    Optional<TreeInputs> trees() {
        return Optional.ofNullable(tree).map(TreeAttention::inputs);
    }

    /**
     * Queries, keys and values of some rows, in heads of the engine's width.
     *
     * @param queries {@code (batch, seq, heads * width)}, or all three side by side where the others are null
     */
    record Projected(
            Value queries, @Nullable Value keys, @Nullable Value values) {}

    /**
     * A layer's cache: {@code (batch, keyValueHeads, capacity, width)} each, and tables of rotary positions.
     *
     * @param keys null for none, in a graph that reads texts as a whole; likewise the values
     * @param cos null for none; likewise {@code sin}
     * @param steps of a cache of 8-bit numbers, null for one of floats
     */
    record Context(
            @Nullable Value keys,
            @Nullable Value values,
            @Nullable Value cos,
            @Nullable Value sin,
            @Nullable Steps steps) {
        /** Keys and values after a run, with the tables and steps of these. */
        Context with(Value keys, Value values) {
            return new Context(keys, values, cos, sin, steps);
        }
    }

    /** The steps of keys and values in 8 bits: {@code (1, keyValueHeads, 1, width)} each. */
    record Steps(Value keys, Value values) {}

    /**
     * What rows attend to, {@code (batch, seq, heads * width)}, and the cache with their keys and values; in a graph
     * that reads tokens as steps would, also what {@link RowAttention} gives beside.
     */
    List<Value> of(Projected rows, Context context, Attention attention) {
        RowAttention eachRow = byRow;
        Value keys = context.keys();
        if (eachRow == null || keys == null) {
            return together(rows, context, attention);
        }
        return graph.choose(
                eachRow.given(),
                () -> eachRow.of(
                        rows, context, (row, cache, length, total) -> fused(row, cache, attention, length, total)),
                () -> {
                    List<Value> results = new ArrayList<>(together(rows, context, attention));
                    results.addAll(eachRow.none(keys.type()));
                    return results;
                },
                Collections.nCopies(2 * (RowInputs.ROWS - 1), keys.shape()));
    }

    private List<Value> together(Projected rows, Context context, Attention attention) {
        TreeAttention behind = tree;
        return behind == null
                ? fused(rows, context, attention)
                : graph.choose(
                        behind.given(),
                        () -> withTree(rows, context, attention, behind),
                        () -> fused(rows, context, attention));
    }

    private List<Value> fused(Projected rows, Context context, Attention attention) {
        return fused(rows, context, attention, lengths, totalLength);
    }

    private List<Value> fused(Projected rows, Context context, Attention attention, Value length, Value total) {
        Map<String, Object> attributes = attributes(attention);
        List<@Nullable Value> operands = new ArrayList<>(Arrays.asList(
                rows.queries(),
                rows.keys(),
                rows.values(),
                context.keys(),
                context.values(),
                length,
                total,
                context.cos(),
                context.sin()));
        Steps steps = context.steps();
        if (steps != null) {
            attributes.put("k_quant_type", "PER_CHANNEL");
            attributes.put("v_quant_type", "PER_CHANNEL");
            attributes.put("kv_cache_bit_width", 8L);
            operands.addAll(Arrays.asList(null, null, null, steps.keys(), steps.values())); // no positions, bias, sinks
        }
        return graph.applyAll(Op.GROUP_QUERY_ATTENTION, attributes, 3, operands.toArray(new @Nullable Value[0]));
    }

    private List<Value> withTree(Projected rows, Context context, Attention attention, TreeAttention tree) {
        Value keys = rows.keys();
        Value values = rows.values();
        List<Value> queries = tree.parts(rows.queries());
        Projected text;
        List<Value> own;
        if (keys == null || values == null) {
            text = new Projected(queries.get(0), null, null);
            own = tree.apart(queries.get(1));
        } else {
            List<Value> keyParts = tree.parts(keys);
            List<Value> valueParts = tree.parts(values);
            text = new Projected(queries.get(0), keyParts.get(0), valueParts.get(0));
            own = List.of(queries.get(1), keyParts.get(1), valueParts.get(1));
        }
        List<Value> results = fused(text, context, attention);
        Value attended = tree.of(own, context.with(results.get(1), results.get(2)), attention);
        return List.of(
                graph.apply(Op.CONCAT, Map.of("axis", 1L), results.get(0), attended), results.get(1), results.get(2));
    }

    private Map<String, Object> attributes(Attention attention) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("num_heads", (long) config.heads());
        attributes.put("kv_num_heads", (long) config.keyValueHeads());
        attributes.put("do_rotary", attention.rotary() == null ? 0L : 1L);
        attributes.put("rotary_interleaved", 0L);
        if (attention.scale() != 1 / Math.sqrt(layout.width())) {
            attributes.put("scale", (float) attention.scale());
        }
        if (attention.softCap() != 0) {
            attributes.put("softcap", (float) attention.softCap());
        }
        if (attention.window() != 0) {
            attributes.put("local_window_size", (long) attention.window());
        }
        return attributes;
    }
}
