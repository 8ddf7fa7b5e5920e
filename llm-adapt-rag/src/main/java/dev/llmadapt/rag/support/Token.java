package dev.llmadapt.rag.support;

/**
 * A piece of a text.
 *
 * @param kind what it looks like
 * @param text as it is written
 * @param fold in small letters without marks
 * @param start where it begins
 * @param end the character after it
 * @param sentence which sentence it is of
 * @param clause which clause
 * @param part which part of a clause, between commas and conjunctions
 * @param first whether it is the first word of its sentence
 * @param close whether no space is between it and the token before
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
    /** What a token looks like. */
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
