package dev.llmadapt.local.architecture;

import dev.llmadapt.local.architecture.ServingAttention.Context;
import dev.llmadapt.local.architecture.ServingAttention.Projected;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attention of the tokens of one text, one after the other; see {@link RowInputs}. */
final class RowAttention {
    private static final int ROWS = RowInputs.ROWS;

    private final Graph graph;
    private final Value given;
    private final List<Value> lengths = new ArrayList<>();
    private final List<Value> totals = new ArrayList<>();
    private final Value ones;

    RowAttention(Graph graph) {
        this.graph = graph;
        this.given = graph.input(RowInputs.GIVEN, ElementType.BOOL, Shape.of());
        for (int row = 0; row < ROWS; row++) {
            lengths.add(graph.input(RowInputs.length(row), ElementType.INT32, Shape.of(1)));
            totals.add(graph.input(RowInputs.total(row), ElementType.INT32, Shape.of()));
        }
        long[] sizes = new long[ROWS];
        Arrays.fill(sizes, 1);
        this.ones = graph.constant("by_row.sizes", sizes);
    }

    /** A truth value: whether a run is row by row. */
    Value given() {
        return given;
    }

    /** The fused operator over one row, with how many tokens there are then. */
    @FunctionalInterface
    interface Step {
        List<Value> of(Projected row, Context context, Value length, Value total);
    }

    /** What the rows attend to, the cache with the last, then the cache with each of the others: the same memory. */
    List<Value> of(Projected rows, Context context, Step step) {
        List<Value> queries = each(rows.queries());
        Value keys = rows.keys();
        Value values = rows.values();
        List<Value> eachKeys = keys == null ? List.of() : each(keys);
        List<Value> eachValues = values == null ? List.of() : each(values);
        List<Value> attended = new ArrayList<>();
        List<Value> caches = new ArrayList<>();
        Context cache = context;
        for (int row = 0; row < ROWS; row++) {
            Projected one = new Projected(
                    queries.get(row),
                    eachKeys.isEmpty() ? null : eachKeys.get(row),
                    eachValues.isEmpty() ? null : eachValues.get(row));
            List<Value> results = step.of(one, cache, lengths.get(row), totals.get(row));
            attended.add(results.get(0));
            caches.addAll(0, results.subList(1, 3));
            cache = context.with(results.get(1), results.get(2));
        }
        List<Value> all = new ArrayList<>();
        all.add(graph.apply(Op.CONCAT, Map.of("axis", 1L), attended.toArray(new @Nullable Value[0])));
        all.addAll(caches);
        return all;
    }

    private List<Value> each(Value x) {
        Dim[] parts = new Dim[ROWS];
        Arrays.fill(parts, Dim.of(1));
        return x.split(1, ones, parts);
    }

    /** What stands in the place of the other rows' caches where a run is not row by row. */
    List<Value> none(ElementType dtype) {
        int count = 2 * (ROWS - 1);
        Value zeros = graph.sharedWeight(
                "by_row.none", dtype, Shape.of(count, 1, 1, 1), memory -> memory.zeros((long) dtype.bytes() * count));
        long[] sizes = new long[count];
        Arrays.fill(sizes, 1);
        return zeros.splitAlong(0, sizes);
    }
}
