package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A trie of byte strings, each with a token, laid out in the order of a walk that goes down first: the node after a
 * node is its first child, or else what comes when the walk goes on beside it. Several tokens may have the same bytes.
 * Immutable.
 */
final class TokenTrie {
    /** The byte that leads to each node. */
    final byte[] label;
    /** How deep each node lies, 1 below the root. */
    final short[] depth;
    /** The node after all below each. */
    final int[] end;
    /** Where the tokens of each node begin in {@link #tokens}; those of the next node follow. */
    final int[] first;

    final int[] tokens;
    final int maxDepth;

    private TokenTrie(byte[] label, short[] depth, int[] end, int[] first, int[] tokens) {
        this.label = label;
        this.depth = depth;
        this.end = end;
        this.first = first;
        this.tokens = tokens;
        int deepest = 0;
        for (short each : depth) {
            deepest = Math.max(deepest, each);
        }
        this.maxDepth = deepest;
    }

    /**
     * Bytes from a place on, and the token that they stand for.
     *
     * @param token its id
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(byte[] bytes, int from, int token) {}

    /** Builds a trie; entries without bytes are left out. */
    static TokenTrie of(List<Entry> entries) {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.removeIf(entry -> entry.bytes().length == entry.from());
        sorted.sort((a, b) -> {
            int compared = Arrays.compareUnsigned(
                    a.bytes(), a.from(), a.bytes().length, b.bytes(), b.from(), b.bytes().length);
            return compared != 0 ? compared : Integer.compare(a.token(), b.token());
        });
        int nodes = 0;
        for (int i = 0; i < sorted.size(); i++) {
            nodes += length(sorted, i) - common(sorted, i);
        }
        byte[] label = new byte[nodes];
        short[] depth = new short[nodes];
        int[] end = new int[nodes];
        int[] first = new int[nodes + 1];
        int[] tokens = new int[sorted.size()];
        int[] path = new int[Short.MAX_VALUE + 1];
        int node = 0;
        int open = 0;
        for (int i = 0; i < sorted.size(); i++) {
            Entry entry = sorted.get(i);
            int shared = common(sorted, i);
            int length = length(sorted, i);
            if (length > Short.MAX_VALUE) {
                throw new IllegalArgumentException("a token must have at most 32767 bytes, got " + length);
            }
            while (open > shared) {
                end[path[open--]] = node;
            }
            while (open < length) {
                first[node] = i;
                label[node] = entry.bytes()[entry.from() + open];
                depth[node] = (short) (open + 1);
                path[++open] = node++;
            }
            tokens[i] = entry.token();
        }
        while (open > 0) {
            end[path[open--]] = node;
        }
        first[nodes] = sorted.size();
        // A node that several entries end at has them all before those of its first child.
        return new TokenTrie(label, depth, end, first, tokens);
    }

    private static int length(List<Entry> sorted, int i) {
        return sorted.get(i).bytes().length - sorted.get(i).from();
    }

    /** The bytes that an entry has in common with the one before. */
    private static int common(List<Entry> sorted, int i) {
        if (i == 0) {
            return 0;
        }
        Entry a = sorted.get(i - 1);
        Entry b = sorted.get(i);
        int mismatch = Arrays.mismatch(a.bytes(), a.from(), a.bytes().length, b.bytes(), b.from(), b.bytes().length);
        return mismatch < 0 ? length(sorted, i) : mismatch;
    }

    int size() {
        return label.length;
    }
}
