package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.TreeInputs;
import dev.llmadapt.local.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The inputs of a run for a tree of tokens, or of runs without one; see {@link TreeInputs}.
 *
 * @param <T> their tensors
 */
final class TreeOperands<T> implements AutoCloseable {
    private final Operands<T> operands;
    private final Map<String, T> tensors = new LinkedHashMap<>();

    private TreeOperands(Backend<T> backend) {
        this.operands = new Operands<>(backend);
    }

    /** Makes the inputs of runs without a tree. */
    static <T> TreeOperands<T> none(Backend<T> backend, TreeInputs inputs) {
        TreeOperands<T> none = new TreeOperands<>(backend);
        return none.filled(() -> {
            none.given(false);
            none.integers(TreeInputs.PARTS, 2);
            none.integers(TreeInputs.POSITIONS, 1, 1);
            none.integers(TreeInputs.KEYS, 2);
            none.integers(TreeInputs.TEXT, 1);
            none.integers(TreeInputs.TREE, 1);
            none.integers(TreeInputs.ROWS, TreeInputs.GROUP);
            none.integers(TreeInputs.PATHS, TreeInputs.GROUP * TreeInputs.DEPTH);
            none.groups(inputs, 1);
            for (int window : inputs.windows()) {
                none.mask(window, 1, TreeInputs.DEPTH);
            }
        });
    }

    /**
     * Makes the inputs of a run.
     *
     * @param textRows rows of the text
     * @param text its tokens, those in the cache before the run among them
     * @param leastGroups the fewest groups of rows
     */
    static <T> TreeOperands<T> of(
            Backend<T> backend, TreeInputs inputs, TokenTree tree, int textRows, int text, int leastGroups) {
        TreeOperands<T> made = new TreeOperands<>(backend);
        return made.filled(() -> made.fill(inputs, tree, textRows, text, leastGroups));
    }

    private TreeOperands<T> filled(Runnable fill) {
        try {
            fill.run();
            return this;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void fill(TreeInputs inputs, TokenTree tree, int textRows, int text, int leastGroups) {
        int size = tree.size();
        int groups = Math.max(leastGroups, (size + TreeInputs.GROUP - 1) / TreeInputs.GROUP);
        given(true);
        integers(TreeInputs.PARTS, 2).put(0, textRows).put(1, size);
        integers(TreeInputs.KEYS, 2).put(0, text).put(1, TreeInputs.DEPTH);
        integers(TreeInputs.TEXT, 1).put(0, text);
        integers(TreeInputs.TREE, 1).put(0, size);
        groups(inputs, groups);
        LongBuffer positions = integers(TreeInputs.POSITIONS, 1, size);
        LongBuffer rows = integers(TreeInputs.ROWS, (long) groups * TreeInputs.GROUP);
        LongBuffer paths = integers(TreeInputs.PATHS, (long) groups * TreeInputs.GROUP * TreeInputs.DEPTH);
        for (int row = 0; row < groups * TreeInputs.GROUP; row++) {
            int node = Math.min(row, size - 1);
            int[] path = tree.path(node);
            if (row == node) {
                positions.put(node, text + path.length - 1);
            }
            rows.put(row, node);
            for (int place = 0; place < TreeInputs.DEPTH; place++) {
                paths.put(row * TreeInputs.DEPTH + place, place < path.length ? path[place] : node);
            }
        }
        for (int window : inputs.windows()) {
            ByteBuffer mask = mask(window, groups, text + TreeInputs.DEPTH);
            for (int row = 0; row < groups * TreeInputs.GROUP; row++) {
                hide(mask, row, text, tree.depth(Math.min(row, size - 1)), window);
            }
        }
    }

    /** Hides from a row what its window does not reach, and the places behind its path. */
    private static void hide(ByteBuffer mask, int row, int text, int depth, int window) {
        int keys = text + TreeInputs.DEPTH;
        int firstSeen = window == 0 ? 0 : Math.max(0, text + depth + 1 - window);
        for (int key = 0; key < firstSeen; key++) {
            mask.putFloat((row * keys + key) * Float.BYTES, Float.NEGATIVE_INFINITY);
        }
        for (int key = text + depth + 1; key < keys; key++) {
            mask.putFloat((row * keys + key) * Float.BYTES, Float.NEGATIVE_INFINITY);
        }
    }

    private void groups(TreeInputs inputs, int groups) {
        if (inputs.grouped()) {
            integers(TreeInputs.GROUPS, groups);
        }
    }

    private void given(boolean tree) {
        Operand<T> operand = operands.onHost(ElementType.BOOL, 1);
        operand.buffer().put(0, (byte) (tree ? 1 : 0));
        tensors.put(TreeInputs.GIVEN, operand.tensor());
    }

    private LongBuffer integers(String name, long... shape) {
        Operand<T> operand = operands.onHost(ElementType.INT64, shape);
        tensors.put(name, operand.tensor(shape));
        return operand.buffer().asLongBuffer();
    }

    private ByteBuffer mask(int window, long groups, long keys) {
        long[] shape = {groups, 1, TreeInputs.GROUP, 1, keys};
        Operand<T> operand = operands.onHost(ElementType.FLOAT, shape);
        tensors.put(TreeInputs.mask(window), operand.tensor(shape));
        return operand.buffer();
    }

    /** Gives them to a run, which must end before they are closed. */
    void bind(Run<T> run) {
        tensors.forEach(run::input);
    }

    @Override
    public void close() {
        operands.close();
    }
}
