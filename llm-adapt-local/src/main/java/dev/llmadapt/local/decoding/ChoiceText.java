package dev.llmadapt.local.decoding;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of an answer that is one of some choices, as its tokens come: what is given out is the beginning of every
 * choice that is left, so that it adds up to the choice also where a tokenizer writes a text in another way. Not
 * thread-safe.
 */
final class ChoiceText {
    private ChoiceTrie node;
    private final StringBuilder decoded = new StringBuilder();
    private int given;

    ChoiceText(ChoiceTrie choices) {
        this.node = choices;
    }

    /**
     * Adds a token and returns the text that is final with it.
     *
     * @param piece what the tokenizer makes of it
     */
    String add(int id, String piece) {
        ChoiceTrie next = node.next().get(id);
        if (next == null) {
            throw new IllegalArgumentException("the token " + id + " leads to no choice");
        }
        node = next;
        decoded.append(piece);
        int agreed = Math.max(given, ChoiceTrie.common(decoded, node.beginning()));
        String text = node.beginning().substring(given, agreed);
        given = agreed;
        return text;
    }

    /** Whether the latest token may get more text. */
    boolean holds() {
        return decoded.length() > given
                || node.choice().filter(choice -> choice.length() > given).isPresent();
    }

    /** Returns the tokens that are left of the only choice left; none where there are several. */
    List<Integer> rest() {
        List<Integer> ids = new ArrayList<>();
        if (node.only().isPresent()) {
            for (ChoiceTrie at = node; at.choice().isEmpty(); ) {
                int id = at.next().keySet().iterator().next();
                ids.add(id);
                at = at.next().values().iterator().next();
            }
        }
        return ids;
    }

    /** Returns the text that is left of the choice, when no more tokens come. */
    String finish() {
        String choice = node.choice().orElse(node.beginning());
        String text = choice.substring(given);
        given = choice.length();
        return text;
    }
}
