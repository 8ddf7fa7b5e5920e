package dev.llmadapt.local.decoding;

import dev.llmadapt.local.checkpoint.AddedToken;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A search for added tokens in a text: the longest that begins at an index, by a tree over their characters. Immutable.
 */
final class AddedTokenSearch {
    private static final class Node {
        final Map<Character, Node> next = new HashMap<>();

        @Nullable
        AddedToken token;
    }

    private final Node root = new Node();

    AddedTokenSearch(List<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            Node node = root;
            for (int i = 0; i < token.content().length(); i++) {
                node = node.next.computeIfAbsent(token.content().charAt(i), c -> new Node());
            }
            node.token = token;
        }
    }

    /** Returns the longest token in {@code text[at, end)} that begins at {@code at}, or null if none does. */
    @Nullable
    AddedToken at(String text, int at, int end) {
        AddedToken longest = null;
        Node node = root.next.isEmpty() ? null : root;
        for (int i = at; node != null; i++) {
            longest = node.token != null ? node.token : longest;
            node = i < end ? node.next.get(text.charAt(i)) : null;
        }
        return longest;
    }
}
