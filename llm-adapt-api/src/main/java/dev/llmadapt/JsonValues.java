package dev.llmadapt;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reader of JSON by RFC 8259, without a name twice in an object, for this package, which needs no library. Objects
 * are maps in the order of the text, arrays lists, numbers {@link BigDecimal}s with the digits of the text.
 */
final class JsonValues {
    private static final int MAX_DEPTH = 200;
    private static final int MAX_NUMBER = 1000; // characters: the time to read one grows with their square

    private final String text;
    private int at;

    private JsonValues(String text) {
        this.text = text;
    }

    /**
     * Reads one JSON value, of at most 200 levels within each other.
     *
     * @return a map, a list, a text, a {@link BigDecimal}, a {@link Boolean}, or null
     * @throws IllegalArgumentException if the text is no such value; says where
     */
    static @Nullable Object read(String text) {
        JsonValues values = new JsonValues(text);
        Object value = values.value(0);
        values.space();
        if (values.at < text.length()) {
            throw values.broken("the end");
        }
        return value;
    }

    private IllegalArgumentException broken(String expected) {
        int line = 1
                + (int) text.substring(0, Math.min(at, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        String got = at < text.length() ? "'" + Character.toString(text.codePointAt(at)) + "'" : "the end";
        return new IllegalArgumentException(
                "not JSON: expected " + expected + " at character " + (at + 1) + ", line " + line + ", got " + got);
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean accept(char c) {
        space();
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw broken("'" + c + "'");
        }
    }

    private @Nullable Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON has more than " + MAX_DEPTH + " levels within each other");
        }
        space();
        if (accept('{')) {
            return object(depth);
        } else if (accept('[')) {
            return array(depth);
        } else if (at < text.length() && text.charAt(at) == '"') {
            return string();
        } else if (word("true")) {
            return true;
        } else if (word("false")) {
            return false;
        }
        return word("null") ? null : number();
    }

    private List<@Nullable Object> array(int depth) {
        List<@Nullable Object> items = new ArrayList<>();
        if (!accept(']')) {
            do {
                items.add(value(depth + 1));
            } while (accept(','));
            expect(']');
        }
        return items;
    }

    private Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (accept('}')) {
            return members;
        }
        do {
            space();
            int from = at;
            String name = string();
            if (members.containsKey(name)) {
                at = from;
                throw broken("a name that is not in the object yet");
            }
            expect(':');
            members.put(name, value(depth + 1));
        } while (accept(','));
        expect('}');
        return members;
    }

    private boolean word(String word) {
        boolean found = text.startsWith(word, at);
        at += found ? word.length() : 0;
        return found;
    }

    private String string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw broken("a string");
        }
        StringBuilder chars = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) < ' ') {
                throw broken("no control character in a string");
            }
            if (text.charAt(at) == '\\') {
                at++;
                chars.append(escaped());
            } else {
                chars.append(text.charAt(at));
            }
        }
        if (at >= text.length()) {
            throw broken("'\"'");
        }
        at++;
        return chars.toString();
    }

    /** Reads what stands after a backslash, up to its last character. */
    private char escaped() {
        if (at + 4 < text.length()
                && text.charAt(at) == 'u'
                && text.substring(at + 1, at + 5).matches("[0-9A-Fa-f]{4}")) {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
        }
        int which = at < text.length() ? "\"\\/bfnrt".indexOf(text.charAt(at)) : -1;
        if (which < 0) {
            throw broken("an escape of JSON");
        }
        return "\"\\/\b\f\n\r\t".charAt(which);
    }

    private BigDecimal number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(from, at);
        if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            at = from;
            throw broken("a value");
        }
        try {
            if (digits.length() <= MAX_NUMBER) {
                return new BigDecimal(digits);
            }
        } catch (NumberFormatException e) { // an exponent beyond 32 bits
            // refused below
        }
        at = from;
        throw broken("a number of at most " + MAX_NUMBER + " characters, with an exponent within 32 bits");
    }
}
