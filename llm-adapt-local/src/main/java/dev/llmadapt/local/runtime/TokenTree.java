package dev.llmadapt.local.runtime;

import dev.llmadapt.local.architecture.TreeInputs;

/**
 * Tokens that continue a text in several ways: each follows the text or another of them.
 *
 * @param tokens their ids
 * @param parents for each the index of the one that it follows, which is less than its own, or -1 for the text
 */
public record TokenTree(int[] tokens, int[] parents) {
    /** The most tokens that follow one another. */
    public static final int MAX_DEPTH = TreeInputs.DEPTH;

    /** Refuses a tree without tokens, and a token that stands before its parent. */
    public TokenTree {
        if (tokens.length == 0 || tokens.length != parents.length) {
            throw new IllegalArgumentException("a tree needs a token at least and a parent for each, got "
                    + tokens.length + " tokens and " + parents.length + " parents");
        }
        for (int node = 0; node < parents.length; node++) {
            if (parents[node] < -1 || parents[node] >= node) {
                throw new IllegalArgumentException(
                        "token " + node + " must follow the text or one before it, parent: " + parents[node]);
            }
            if (depth(parents, node) >= MAX_DEPTH) {
                throw new IllegalArgumentException("more than " + MAX_DEPTH + " tokens follow one another in a tree");
            }
        }
    }

    /** The number of tokens. */
    public int size() {
        return tokens.length;
    }

    /** How many tokens lie between a token and the text. */
    public int depth(int node) {
        return depth(parents, node);
    }

    private static int depth(int[] parents, int node) {
        int depth = 0;
        for (int at = parents[node]; at >= 0; at = parents[at]) {
            depth++;
        }
        return depth;
    }

    /** Returns a token and those before it, from the text on. */
    int[] path(int node) {
        int[] path = new int[depth(node) + 1];
        for (int at = node, place = path.length - 1; place >= 0; at = parents[at], place--) {
            path[place] = at;
        }
        return path;
    }
}
