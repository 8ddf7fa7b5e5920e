package dev.llmadapt.local.decoding;

import org.jspecify.annotations.Nullable;

/**
 * A state of the automaton that reads a JSON string (RFC 8259, section 7) in UTF-8 (RFC 3629, section 4): a table of
 * the bytes that may come and of the states they lead to. No way through it writes bytes that are no character, nor
 * half of a surrogate pair.
 */
enum StringState {
    /** Before a character. */
    CHARACTER,
    /** Before the last byte of a character. */
    ONE_MORE,
    /** Before the last two. */
    TWO_MORE,
    /** Before the last three. */
    THREE_MORE,
    /** After the first byte of three that could be written in two. */
    AFTER_E0,
    /** After the first byte of what may be half of a surrogate pair. */
    AFTER_ED,
    /** After the first byte of four that could be written in three. */
    AFTER_F0,
    /** After the first byte of what may lie beyond U+10FFFF. */
    AFTER_F4,
    /** After a backslash. */
    ESCAPE,
    /** Before the first of four hexadecimal digits. */
    DIGIT_1,
    /** Before the second. */
    DIGIT_2,
    /** Before the second, where it says whether half of a pair is written. */
    DIGIT_2_AFTER_D,
    /** Before the third. */
    DIGIT_3,
    /** Before the fourth. */
    DIGIT_4,
    /** Before the third of the first half of a pair. */
    HIGH_3,
    /** Before the fourth of it. */
    HIGH_4,
    /** Before the backslash of the second half of a pair. */
    LOW,
    /** Before its u. */
    LOW_U,
    /** Before its first digit. */
    LOW_1,
    /** Before its second. */
    LOW_2;

    private static final String HEX = "0123456789abcdefABCDEF";

    static {
        CHARACTER
                .to(CHARACTER, ' ', '!')
                .to(CHARACTER, '#', '[')
                .to(CHARACTER, ']', 0x7F)
                .to(ESCAPE, "\\")
                .to(ONE_MORE, 0xC2, 0xDF)
                .to(AFTER_E0, 0xE0, 0xE0)
                .to(TWO_MORE, 0xE1, 0xEF)
                .to(AFTER_ED, 0xED, 0xED)
                .to(AFTER_F0, 0xF0, 0xF0)
                .to(THREE_MORE, 0xF1, 0xF3)
                .to(AFTER_F4, 0xF4, 0xF4);
        ONE_MORE.to(CHARACTER, 0x80, 0xBF);
        TWO_MORE.to(ONE_MORE, 0x80, 0xBF);
        THREE_MORE.to(TWO_MORE, 0x80, 0xBF);
        AFTER_E0.to(ONE_MORE, 0xA0, 0xBF);
        AFTER_ED.to(ONE_MORE, 0x80, 0x9F);
        AFTER_F0.to(TWO_MORE, 0x90, 0xBF);
        AFTER_F4.to(TWO_MORE, 0x80, 0x8F);
        ESCAPE.to(CHARACTER, "\"\\/bfnrt").to(DIGIT_1, "u");
        DIGIT_1.to(DIGIT_2, HEX).to(DIGIT_2_AFTER_D, "dD");
        DIGIT_2.to(DIGIT_3, HEX);
        DIGIT_2_AFTER_D.to(DIGIT_3, "01234567").to(HIGH_3, "89abAB");
        DIGIT_3.to(DIGIT_4, HEX);
        DIGIT_4.to(CHARACTER, HEX);
        HIGH_3.to(HIGH_4, HEX);
        HIGH_4.to(LOW, HEX);
        LOW.to(LOW_U, "\\");
        LOW_U.to(LOW_1, "u");
        LOW_1.to(LOW_2, "dD");
        LOW_2.to(DIGIT_3, "cdefCDEF");
    }

    private final @Nullable StringState[] after = new @Nullable StringState[256];

    /** Returns the state after a byte, or null if the byte may not stand here. */
    @Nullable
    StringState next(int unsigned) {
        return after[unsigned];
    }

    private StringState to(StringState state, int from, int last) {
        for (int value = from; value <= last; value++) {
            after[value] = state;
        }
        return this;
    }

    private StringState to(StringState state, String bytes) {
        bytes.chars().forEach(value -> after[value] = state);
        return this;
    }
}
