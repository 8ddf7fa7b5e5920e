package dev.llmadapt.local.decoding;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The token ids of the choices of an answer, as a trie. Immutable once built. */
final class ChoiceTrie {
    private final Map<Integer, ChoiceTrie> next = new LinkedHashMap<>();
    private Optional<String> choice = Optional.empty();
    private int choicesBelow;
    private String beginning = "";

    /**
     * Builds the tree.
     *
     * @param choices the texts of the choices
     * @param ids the token ids of each
     */
    static ChoiceTrie of(List<String> choices, List<int[]> ids) {
        ChoiceTrie root = new ChoiceTrie();
        for (int i = 0; i < choices.size(); i++) {
            ChoiceTrie node = root;
            node.count(choices.get(i));
            for (int id : ids.get(i)) {
                node = node.next.computeIfAbsent(id, key -> new ChoiceTrie());
                node.count(choices.get(i));
            }
            if (node.choice.isPresent()) {
                throw new IllegalArgumentException("'" + node.choice.get() + "' and '" + choices.get(i)
                        + "' are the same tokens to this model; make the choices differ");
            }
            node.choice = Optional.of(choices.get(i));
        }
        return root;
    }

    private void count(String text) {
        beginning = choicesBelow == 0 ? text : text.substring(0, common(beginning, text));
        choicesBelow++;
    }

    /** Returns the length of the beginning that two texts share, without half a character. */
    static int common(CharSequence a, CharSequence b) {
        int most = Math.min(a.length(), b.length());
        int same = 0;
        while (same < most && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return same > 0 && Character.isHighSurrogate(a.charAt(same - 1)) ? same - 1 : same;
    }

    /** The beginning that all choices from here on share. */
    String beginning() {
        return beginning;
    }

    Map<Integer, ChoiceTrie> next() {
        return next;
    }

    /** The choice that is complete here. */
    Optional<String> choice() {
        return choice;
    }

    /** The only choice left from here on, when there is just one. */
    Optional<String> only() {
        ChoiceTrie node = this;
        while (node.choicesBelow == 1 && node.choice.isEmpty()) {
            node = node.next.values().iterator().next();
        }
        return node.choicesBelow == 1 ? node.choice : Optional.empty();
    }
}
