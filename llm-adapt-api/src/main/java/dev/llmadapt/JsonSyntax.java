package dev.llmadapt;

import java.util.HashSet;
import java.util.Set;

/** A check that a text is JSON by RFC 8259, without a name twice in an object. */
final class JsonSyntax {
    private static final int MAX_DEPTH = 200;

    private final String text;
    private int at;

    private JsonSyntax(String text) {
        this.text = text;
    }

    /**
     * Refuses what is not one JSON value, and one with more than 200 levels within each other.
     *
     * @throws IllegalArgumentException if the text is no such value; says where
     */
    static void require(String text) {
        JsonSyntax syntax = new JsonSyntax(text);
        syntax.value(0);
        syntax.space();
        if (syntax.at < text.length()) {
            throw syntax.broken("the end");
        }
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

    private void value(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON has more than " + MAX_DEPTH + " levels within each other");
        }
        space();
        if (accept('{')) {
            object(depth);
        } else if (accept('[')) {
            if (!accept(']')) {
                do {
                    value(depth + 1);
                } while (accept(','));
                expect(']');
            }
        } else if (at < text.length() && text.charAt(at) == '"') {
            string();
        } else if (!word("true") && !word("false") && !word("null")) {
            number();
        }
    }

    private void object(int depth) {
        if (accept('}')) {
            return;
        }
        Set<String> names = new HashSet<>();
        do {
            space();
            int from = at;
            string();
            String name = text.substring(from, at);
            if (!names.add(name)) {
                at = from;
                throw broken("a name that is not in the object yet");
            }
            expect(':');
            value(depth + 1);
        } while (accept(','));
        expect('}');
    }

    private boolean word(String word) {
        boolean found = text.startsWith(word, at);
        at += found ? word.length() : 0;
        return found;
    }

    private void string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw broken("a string");
        }
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) < ' ') {
                throw broken("no control character in a string");
            }
            if (text.charAt(at) == '\\') {
                at++;
                boolean unicode = at + 4 < text.length()
                        && text.charAt(at) == 'u'
                        && text.substring(at + 1, at + 5).matches("[0-9A-Fa-f]{4}");
                if (!unicode && (at >= text.length() || "\"\\/bfnrt".indexOf(text.charAt(at)) < 0)) {
                    throw broken("an escape of JSON");
                }
                at += unicode ? 4 : 0;
            }
        }
        if (at >= text.length()) {
            throw broken("'\"'");
        }
        at++;
    }

    private void number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (!text.substring(from, at).matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            at = from;
            throw broken("a value");
        }
    }
}
