package dev.llmadapt.prompting.template;

/** Character classes of Python that differ from Java's. */
final class Characters {
    private Characters() {}

    /** Whether Python's {@code str.isspace} holds for a character. */
    static boolean isSpace(int c) {
        if (c < 128) {
            return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f);
        }
        return c == 0x85
                || c == 0xa0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    /** Whether a character ends a line for {@code str.splitlines}. */
    static boolean isLineEnd(int c) {
        return (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Whether {@code repr} prints a character as it is. */
    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** Whether a character may begin a name. Names are ASCII: no template needs more, and lookalike letters mislead. */
    static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    static boolean isNamePart(char c) {
        return isNameStart(c) || (c >= '0' && c <= '9');
    }

    /** An escape sequence: a backslash, a letter and a number in hexadecimal. */
    static String escape(char letter, int c, int digits) {
        StringBuilder escape = new StringBuilder().append('\\').append(letter);
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            escape.append(Character.forDigit(c >> shift & 15, 16));
        }
        return escape.toString();
    }

    static String describe(int c) {
        return isPrintable(c) ? "'" + Character.toString(c) + "'" : String.format("U+%04X", c);
    }
}
