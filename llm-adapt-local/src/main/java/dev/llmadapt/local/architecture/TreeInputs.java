package dev.llmadapt.local.architecture;

import java.util.Set;

/**
 * The inputs of a decoder's graph that reads the rest of a text and, in the same run, tokens that continue it in
 * several ways: a tree, in which a token sees the text and the tokens on its own path only. Rows are those of the text,
 * then the tree's. The tree's keys and values do not enter the cache.
 *
 * <p>Attention takes the tree's rows {@value #GROUP} at a time, and their paths with {@value #DEPTH} tokens, whatever
 * they have: so the products that a row is part of have the same sizes in every tree, and its numbers are the same to
 * the bit. Rows of the last group, and places of a path, that have no use repeat another.
 *
 * <ul>
 *   <li>{@value #GIVEN} a truth value: whether there is a tree. Without one all that follow are arbitrary.
 *   <li>{@value #PARTS} {@code (2)} int64: rows of the text, rows of the tree
 *   <li>{@value #POSITIONS} {@code (1, tree)} int64: the position of each row of the tree
 *   <li>{@value #KEYS} {@code (2)} int64: tokens of the text, those in the cache before the run among them; and
 *       {@value #DEPTH}
 *   <li>{@value #TEXT}, {@value #TREE} {@code (1)} int64: the first of each pair above, and the second
 *   <li>{@value #ROWS} {@code (groups * 8)} int64: the tree's rows in their order, then any to fill the groups
 *   <li>{@value #PATHS} {@code (groups * 8 * 8)} int64: for each of these the rows on its path from the text on, itself
 *       last, then itself again
 *   <li>{@value #GROUPS} {@code (groups)} int64 zeros, there if the graph has one head of keys and values
 *   <li>{@link #mask} for each window {@code (groups, 1, 8, 1, text + 8)}: 0 where a row sees a token of the text or of
 *       its path, minus infinity elsewhere
 * </ul>
 *
 * @param windows of the graph's layers, 0 for layers that see all tokens
 * @param grouped whether {@value #GROUPS} is there
 */
public record TreeInputs(Set<Integer> windows, boolean grouped) {
    /** See the record. */
    public static final String GIVEN = "tree";

    /** See the record. */
    public static final String PARTS = "tree_parts";

    /** See the record. */
    public static final String POSITIONS = "tree_positions";

    /** See the record. */
    public static final String KEYS = "tree_keys";

    /** See the record. */
    public static final String TEXT = "tree_text_tokens";

    /** See the record. */
    public static final String TREE = "tree_tokens";

    /** See the record. */
    public static final String ROWS = "tree_rows";

    /** See the record. */
    public static final String PATHS = "tree_paths";

    /** See the record. */
    public static final String GROUPS = "tree_groups";

    /** The rows that attention takes at a time. */
    public static final int GROUP = 8;

    /** The most tokens of a path. */
    public static final int DEPTH = 8;

    /** Copies. */
    public TreeInputs {
        windows = Set.copyOf(windows);
    }

    /** The input that says what rows see in layers of a window. */
    public static String mask(int window) {
        return "tree_mask." + window;
    }
}
