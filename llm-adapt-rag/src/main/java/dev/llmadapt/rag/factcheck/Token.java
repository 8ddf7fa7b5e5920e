package dev.llmadapt.rag.factcheck;

/**
 * A token of a text, with its position and kind.
 *
 * @param kind the kind by its characters
 * @param text the characters as written
 * @param fold the folded text
 * @param start the position of its first character
 * @param end the position after its last character
 * @param sentence the number of its sentence
 * @param clause the number of its clause
 * @param part the number of its part of a clause, between commas and conjunctions
 * @param first whether it is the first word of its sentence
 * @param close whether no space separates it from the token before
 */
record Token(
        Kind kind,
        String text,
        String fold,
        int start,
        int end,
        int sentence,
        int clause,
        int part,
        boolean first,
        boolean close) {
    /** A kind of token. */
    enum Kind {
        WORD,
        NUMBER,
        /** Letters and digits together, or an address. */
        CODE,
        SYMBOL
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isWord() {
        return kind == Kind.WORD;
    }

    boolean isCapitalised() {
        int letter = text.codePointAt(0);
        return Character.isUpperCase(letter) || Character.isTitleCase(letter);
    }

    /** Whether it is written in letters that are neither capital nor small, so that a name looks like any word. */
    boolean isCaseless() {
        return text.codePoints().allMatch(each -> !Character.isUpperCase(each) && !Character.isLowerCase(each));
    }
}
