package dev.llmadapt.prompting.template;

/** The escape sequences of string literals, as in Python. */
final class Escapes {
    private static final String SIMPLE = "\\'\"abfnrtv";
    private static final String MEANING = "\\'\"\u0007\b\f\n\r\t\u000b";

    private final String literal;
    private final int line;
    private final StringBuilder resolved = new StringBuilder();
    private int at;

    Escapes(String literal, int line) {
        this.literal = literal;
        this.line = line;
    }

    String resolve() {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        while (at < literal.length()) {
            char c = literal.charAt(at++);
            if (c == '\\') {
                escape(literal.charAt(at++));
            } else {
                resolved.append(c);
            }
        }
        return resolved.toString();
    }

    private void escape(char c) {
        int simple = SIMPLE.indexOf(c);
        if (simple >= 0) {
            resolved.append(MEANING.charAt(simple));
        } else if (c >= '0' && c <= '7') {
            int end = at;
            while (end < literal.length() && end < at + 2 && literal.charAt(end) >= '0' && literal.charAt(end) <= '7') {
                end++;
            }
            resolved.append((char) Integer.parseInt(literal.substring(at - 1, end), 8));
            at = end;
        } else if (c == 'x') {
            codePoint(2);
        } else if (c == 'u') {
            codePoint(4);
        } else if (c == 'U') {
            codePoint(8);
        } else if (c == 'N' || c >= 128) {
            throw new TemplateException("unknown escape '\\" + c + "' in a string", line);
        } else if (c != '\n') {
            resolved.append('\\').append(c);
        }
    }

    private void codePoint(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit =
                    at < literal.length() && literal.charAt(at) < 128 ? Character.digit(literal.charAt(at), 16) : -1;
            value = value * 16 + digit;
            if (digit < 0 || value > Character.MAX_CODE_POINT) {
                throw new TemplateException("escape in a string is not " + digits + " hexadecimal digits", line);
            }
            at++;
        }
        resolved.appendCodePoint(value);
    }
}
