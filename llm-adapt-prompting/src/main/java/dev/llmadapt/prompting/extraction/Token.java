package dev.llmadapt.prompting.extraction;

import java.util.Locale;

/**
 * A piece of a text: a word, a number, a date or a sign.
 *
 * @param key tells tokens of a context apart: the lower-case text, one key for all numbers and one for all dates
 * @param kind its kind
 * @param start where it begins in the text
 * @param end where it ends in the text
 */
record Token(String key, Kind kind, int start, int end) {
    /** The kind of a token. */
    enum Kind {
        /** A word in lower case. */
        LOWER,
        /** A word that begins with a capital letter. */
        CAPITAL,
        /** A word in capital letters. */
        UPPER,
        /** Letters and digits, or an address. */
        CODE,
        /** A number with its separators. */
        NUMBER,
        /** A date in one of the forms that {@link Dates} reads. */
        DATE,
        /** Anything else, a character of its own. */
        SIGN,
        /** The place before the first or after the last token. */
        EDGE;

        boolean isWord() {
            return this == LOWER || this == CAPITAL || this == UPPER || this == CODE;
        }
    }

    static Token edge(int place, String key) {
        return new Token(key, Kind.EDGE, place, place);
    }

    static Token of(String text, Kind kind, int start) {
        String key = kind == Kind.NUMBER || kind == Kind.DATE ? "<" + kind + ">" : text.toLowerCase(Locale.ROOT);
        return new Token(key, kind, start, start + text.length());
    }
}
