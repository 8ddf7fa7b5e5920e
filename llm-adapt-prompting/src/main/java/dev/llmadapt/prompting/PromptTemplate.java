package dev.llmadapt.prompting;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A prompt with named placeholders: {@code "Review: {input}"}. A literal brace is written twice: <code>{{</code> or
 * <code>}}</code>.
 *
 * <p>Strict: a malformed placeholder is refused when the template is created, a missing value when it is rendered. A
 * value is inserted as it is and never read as a template.
 *
 * @param text the wording; a placeholder is a name of ASCII letters, digits and underscores in braces
 */
public record PromptTemplate(String text) {
    /** Refuses a malformed placeholder. */
    public PromptTemplate {
        parse(text);
    }

    /** The names of the placeholders, in the order of their first occurrence. */
    public Set<String> placeholders() {
        Set<String> names = new LinkedHashSet<>();
        for (Piece piece : parse(text)) {
            if (piece.placeholder()) {
                names.add(piece.text());
            }
        }
        return names;
    }

    /**
     * Fills in all placeholders.
     *
     * @param values the values by name; further names are allowed
     * @throws IllegalArgumentException if a value is missing
     */
    public String render(Map<String, String> values) {
        StringBuilder rendered = new StringBuilder();
        for (Piece piece : parse(text)) {
            String value = piece.placeholder() ? values.get(piece.text()) : piece.text();
            if (value == null) {
                throw new IllegalArgumentException("no value for {" + piece.text() + "} in the template '" + text
                        + "', got values for " + values.keySet());
            }
            rendered.append(value);
        }
        return rendered.toString();
    }

    /** Refuses a template with other placeholders than the allowed ones, or without one that is needed. */
    PromptTemplate require(String what, Set<String> allowed, Set<String> needed) {
        for (String name : placeholders()) {
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException("unknown placeholder {" + name + "} in the " + what + " template '"
                        + text
                        + "', expected only " + allowed);
            }
        }
        for (String name : needed) {
            if (!placeholders().contains(name)) {
                throw new IllegalArgumentException(
                        "the " + what + " template '" + text + "' must contain {" + name + "}");
            }
        }
        return this;
    }

    private static List<Piece> parse(String text) {
        List<Piece> pieces = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '{' && c != '}') {
                literal.append(c);
                at++;
            } else if (at + 1 < text.length() && text.charAt(at + 1) == c) {
                literal.append(c);
                at += 2;
            } else {
                int close = text.indexOf('}', at + 1);
                if (c == '}' || close < 0 || !isName(text.substring(at + 1, close))) {
                    throw new IllegalArgumentException("malformed placeholder at character " + at + " of the template '"
                            + text + "', expected {name}; write a literal brace twice");
                }
                pieces.add(new Piece(false, literal.toString()));
                pieces.add(new Piece(true, text.substring(at + 1, close)));
                literal.setLength(0);
                at = close + 1;
            }
        }
        pieces.add(new Piece(false, literal.toString()));
        return pieces;
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c == '_' || (c < 128 && Character.isLetterOrDigit(c)));
    }

    /** A literal text, or the name of a placeholder. */
    private record Piece(boolean placeholder, String text) {}
}
