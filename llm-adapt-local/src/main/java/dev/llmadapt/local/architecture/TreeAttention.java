package dev.llmadapt.local.architecture;

import static dev.llmadapt.local.architecture.TreeInputs.DEPTH;
import static dev.llmadapt.local.architecture.TreeInputs.GROUP;

import dev.llmadapt.local.architecture.ServingAttention.Context;
import dev.llmadapt.local.architecture.ServingAttention.Steps;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Shape.Dim;
import dev.llmadapt.local.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Attention of rows that continue a text in several ways, of plain operators; see {@link TreeInputs}. Queries meet the
 * text's keys in groups of rows, and those of their own path row by row; one softmax is over both.
 */
final class TreeAttention {
    private static final Dim TEXT = Dim.of("tree_text");
    private static final Dim TREE = Dim.of("tree");
    private static final Dim ROWS = Dim.of("groups*8");
    private static final Dim GROUPS = Dim.of("groups");

    private final Graph graph;
    private final int heads;
    private final int keyValueHeads;
    private final int shared; // query heads of a head of keys and values
    private final int width;
    private final long rotated; // dimensions of a head
    private final Value given;
    private final Value parts;
    private final Value positions;
    private final Value keys;
    private final Value textTokens;
    private final Value treeTokens;
    private final Value rows;
    private final Value paths;
    private final @Nullable Value groups;
    private final Set<Integer> windows = new TreeSet<>();

    TreeAttention(Graph graph, ModelConfig config, HeadLayout layout) {
        this.graph = graph;
        this.heads = config.heads();
        this.keyValueHeads = config.keyValueHeads();
        this.shared = heads / keyValueHeads;
        this.width = layout.width();
        this.rotated = 2L * layout.tablePairs();
        this.given = graph.input(TreeInputs.GIVEN, ElementType.BOOL, Shape.of());
        this.parts = integers(TreeInputs.PARTS, 2);
        this.positions = integers(TreeInputs.POSITIONS, 1, TREE);
        this.keys = integers(TreeInputs.KEYS, 2);
        this.textTokens = integers(TreeInputs.TEXT, 1);
        this.treeTokens = integers(TreeInputs.TREE, 1);
        this.rows = integers(TreeInputs.ROWS, ROWS);
        this.paths = integers(TreeInputs.PATHS, "groups*8*8");
        this.groups = keyValueHeads == 1 ? integers(TreeInputs.GROUPS, GROUPS) : null;
    }

    private Value integers(String name, Object... dims) {
        return graph.input(name, ElementType.INT64, Shape.of(dims));
    }

    /** The inputs that it has. */
    TreeInputs inputs() {
        return new TreeInputs(windows, groups != null);
    }

    /** A truth value: whether there is a tree. */
    Value given() {
        return given;
    }

    /** The text's rows and the tree's: {@code (batch, seq, width)} each. */
    List<Value> parts(Value x) {
        return x.split(1, parts, Dim.of("text_rows"), TREE);
    }

    /** Queries, keys and values side by side, of heads of the engine's width, one by one. */
    List<Value> apart(Value packed) {
        return packed.split(columns(heads), columns(keyValueHeads), columns(keyValueHeads));
    }

    private long columns(int heads) {
        return (long) heads * width;
    }

    /**
     * What the tree's rows attend to: {@code (1, tree, heads * width)}.
     *
     * @param own queries, keys and values of the tree's rows, not rotated yet
     * @param text keys and values of the whole text, rotated
     */
    Value of(List<Value> own, Context text, Attention attention) {
        Value cos = text.cos();
        Value sin = text.sin();
        Steps steps = text.steps();
        Value textKeys = ofText(Objects.requireNonNull(text.keys()), steps == null ? null : steps.keys());
        Value textValues = ofText(Objects.requireNonNull(text.values()), steps == null ? null : steps.values());
        Value queries = flat(rotated(own.get(0), heads, cos, sin), heads).rows(rows); // (rows, heads * width)
        Value pathKeys = onPaths(rotated(own.get(1), keyValueHeads, cos, sin));
        Value pathValues = onPaths(own.get(2));
        float scale = (float) attention.scale();
        Value toText = joined(inGroups(queries, width))
                .product(false, textKeys, true, scale)
                .reshape(inGroups(TEXT), 0, keyValueHeads, GROUP, shared, -1);
        Value toPath = inGroups(byHead(queries, width).product(false, pathKeys, true, scale), DEPTH);
        List<Value> weights = softmax(graph.apply(Op.CONCAT, Map.of("axis", -1L), toText, toPath), attention)
                .split(-1, keys, TEXT, Dim.of(DEPTH));
        Value fromText = inRows(
                graph.apply(Op.MATMUL, Map.of(), joined(weights.get(0)), textValues)
                        .reshape(inGroups(Dim.of(width)), -1, keyValueHeads, GROUP, shared, width),
                width);
        Value fromPath = inRows(weights.get(1), DEPTH).matmul(pathValues);
        return graph.first(fromText.plus(fromPath), 0, treeTokens, TREE)
                .reshape(Shape.of("batch", TREE, columns(heads)), 1, -1, columns(heads));
    }

    private Value rotated(Value x, int heads, @Nullable Value cos, @Nullable Value sin) {
        if (cos == null || sin == null) {
            return x;
        }
        Map<String, Object> attributes = Map.of(
                "num_heads", (long) heads, "interleaved", 0L, "rotary_embedding_dim", rotated == width ? 0L : rotated);
        return graph.apply(Op.ROTARY, attributes, x, positions, cos, sin);
    }

    /** {@code (1, tree, heads * width) -> (tree, heads * width)}. */
    private Value flat(Value x, int heads) {
        return x.reshape(Shape.of(TREE, columns(heads)), -1, columns(heads));
    }

    /** Keys or values on the path of each row: {@code (rows, keyValueHeads, 8, width)}. */
    private Value onPaths(Value x) {
        return flat(x, keyValueHeads)
                .rows(paths)
                .reshape(Shape.of(ROWS, DEPTH, keyValueHeads, width), -1, DEPTH, keyValueHeads, width)
                .transpose(0, 2, 1, 3);
    }

    /**
     * Keys or values of the text, {@code (1, keyValueHeads, text, width)}. One head would be multiplied with the rows
     * of all groups as one matrix, whose size is the tree's: so it is given to each group.
     */
    private Value ofText(Value cache, @Nullable Value steps) {
        Value stored = graph.first(cache, 2, textTokens, TEXT);
        Value text = steps == null ? stored : graph.cast(stored, steps.type()).times(steps);
        return groups == null ? text : text.rows(groups);
    }

    /** {@code (rows, heads * n) -> (rows, keyValueHeads, shared, n)}. */
    private Value byHead(Value x, int n) {
        return x.reshape(Shape.of(ROWS, keyValueHeads, shared, n), -1, keyValueHeads, shared, n);
    }

    /** {@code (rows, ...), each heads * n -> (groups, keyValueHeads, 8, shared, n)}. */
    private Value inGroups(Value x, int n) {
        return x.reshape(Shape.of(GROUPS, GROUP, keyValueHeads, shared, n), -1, GROUP, keyValueHeads, shared, n)
                .transpose(0, 2, 1, 3, 4);
    }

    /** {@code (groups, keyValueHeads, 8, shared, n) -> (rows, keyValueHeads, shared, n)}. */
    private Value inRows(Value x, int n) {
        return byHead(x.transpose(0, 2, 1, 3, 4), n);
    }

    private Shape inGroups(Dim n) {
        return Shape.of(GROUPS, keyValueHeads, GROUP, shared, n);
    }

    /** {@code (groups, keyValueHeads, 8, shared, n) -> (groups, keyValueHeads, 8 * shared, n)}. */
    private Value joined(Value x) {
        Shape joined = Shape.of(GROUPS, keyValueHeads, GROUP * shared, x.shape().dim(-1));
        return x.reshape(joined, 0, keyValueHeads, (long) GROUP * shared, -1);
    }

    /** The weights of {@code (groups, keyValueHeads, 8, shared, keys)} scores. */
    private Value softmax(Value scores, Attention attention) {
        windows.add(attention.window());
        Value mask = graph.sharedInput(
                TreeInputs.mask(attention.window()),
                scores.type(),
                Shape.of(GROUPS, 1, GROUP, 1, scores.shape().dim(-1)));
        return scores.softCapped(attention.softCap()).plus(mask).softmax();
    }
}
