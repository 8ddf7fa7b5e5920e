package dev.llmadapt.prompting.template;

import dev.llmadapt.prompting.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The lexer, which splits a template's source into tokens and applies white space control: {@code trim_blocks} and
 * {@code lstrip_blocks} are on, and the source's last newline is dropped, as Hugging Face renders.
 */
final class Lexer {
    private static final List<String> OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=");
    private static final String SINGLE_OPERATORS = "+-/*%~[](){}><=.:|,;";

    /** The maximum length of a name; names are compared often at the price of one step, so they must be short. */
    private static final int MAX_NAME = 256;

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line;
    private int counted;

    private Lexer(String source, int firstLine) {
        this.source = source;
        this.line = firstLine;
    }

    /** The tokens of a source whose first line has this number. */
    static List<Token> tokenize(String source, int firstLine) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        if (lines.endsWith("\n")) {
            lines = lines.substring(0, lines.length() - 1);
        }
        Lexer lexer = new Lexer(lines, firstLine);
        lexer.template();
        return lexer.tokens;
    }

    private void template() {
        boolean lineStarting = true;
        while (true) {
            int tag = nextTag(at);
            if (tag < 0) {
                data(at, source.length());
                at = source.length();
                add(Kind.END, "");
                return;
            }
            int textStart = at;
            char kind = source.charAt(tag + 1);
            int inside = tag + 2;
            char sign = charAt(inside) == '-' || charAt(inside) == '+' ? charAt(inside) : ' ';
            data(textStart, textEnd(textStart, tag, sign, kind != '{', lineStarting));
            at = sign == ' ' ? inside : inside + 1;
            if (kind == '#') {
                comment(tag);
            } else if (kind == '{') {
                at = tag;
                add(Kind.VARIABLE_BEGIN, "");
                at = sign == ' ' ? inside : inside + 1;
                code(Kind.VARIABLE_END, "}}");
            } else if (raw(tag)) {
                lineStarting = source.charAt(at - 1) == '\n';
                continue;
            } else {
                int code = at;
                at = tag;
                add(Kind.BLOCK_BEGIN, "");
                at = code;
                code(Kind.BLOCK_END, "%}");
            }
            lineStarting = source.charAt(at - 1) == '\n';
        }
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** The end of the text before a tag, without what the tag's sign or {@code lstrip_blocks} removes. */
    private int textEnd(int start, int tag, char sign, boolean lstrip, boolean lineStarting) {
        if (sign == '-') {
            int end = tag;
            while (end > start && Characters.isSpace(source.charAt(end - 1))) {
                end--;
            }
            return end;
        }
        if (sign == '+' || !lstrip) {
            return tag;
        }
        int end = tag;
        while (end > start && source.charAt(end - 1) != '\n' && Characters.isSpace(source.charAt(end - 1))) {
            end--;
        }
        boolean atLineStart = end > start ? source.charAt(end - 1) == '\n' : lineStarting;
        return atLineStart ? end : tag;
    }

    private void data(int from, int to) {
        if (from < to) {
            at = from;
            add(Kind.DATA, source.substring(from, to));
        }
    }

    private void comment(int tag) {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw error("comment without an end, expected '#}'", tag);
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        afterTag(sign, true);
    }

    /** Skips the white space that a closing tag removes from the text after it. */
    private void afterTag(char sign, boolean trim) {
        if (sign == '-') {
            skipSpace();
        } else if (trim && sign != '+' && charAt(at) == '\n') {
            at++;
        }
    }

    /** Reads {@code {% raw %}...{% endraw %}} if the tag at hand is that, just after the opening tag's sign. */
    private boolean raw(int tag) {
        int start = at;
        if (!word("raw")) {
            at = start;
            return false;
        }
        boolean minus = charAt(at) == '-';
        if (!source.startsWith("%}", minus ? at + 1 : at)) {
            at = start;
            return false;
        }
        at += minus ? 3 : 2;
        afterTag(minus ? '-' : ' ', false);
        boolean lineStarting = source.charAt(at - 1) == '\n';
        int text = at;
        for (int end = source.indexOf("{%", at); end >= 0; end = source.indexOf("{%", end + 1)) {
            at = end + 2;
            char sign = charAt(at) == '-' || charAt(at) == '+' ? charAt(at++) : ' ';
            if (!word("endraw")) {
                continue;
            }
            char closing = charAt(at) == '-' || charAt(at) == '+' ? charAt(at++) : ' ';
            if (source.startsWith("%}", at)) {
                int after = at + 2;
                data(text, textEnd(text, end, sign, true, lineStarting));
                at = after;
                afterTag(closing, true);
                return true;
            }
        }
        throw error("raw block without an end, expected '{% endraw %}'", tag);
    }

    private boolean word(String word) {
        skipSpace();
        if (!source.startsWith(word, at)) {
            return false;
        }
        at += word.length();
        skipSpace();
        return true;
    }

    /** Reads tokens to the closing tag; within brackets a closing tag is two operators. */
    private void code(Kind closing, String close) {
        Deque<Character> open = new ArrayDeque<>();
        int first = tokens.size();
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw error("unexpected end of the template, expected '" + close + "'", at);
            }
            char c = source.charAt(at);
            if (open.isEmpty() && closes(c, close)) {
                char sign = source.startsWith(close, at) ? ' ' : c;
                add(closing, "");
                at += sign == ' ' ? 2 : 3;
                // what is included is text, after which a line ends
                boolean text = first < tokens.size() - 1 && tokens.get(first).isName("include");
                afterTag(sign, closing == Kind.BLOCK_END && !text);
                return;
            }
            if (c >= '0' && c <= '9') {
                number();
            } else if (Characters.isNameStart(c)) {
                int end = at + 1;
                while (end < source.length() && Characters.isNamePart(source.charAt(end))) {
                    end++;
                }
                if (end - at > MAX_NAME) {
                    throw error("a name of more than " + MAX_NAME + " characters", at);
                }
                add(Kind.NAME, source.substring(at, end));
                at = end;
            } else if (c == '"' || c == '\'') {
                string(c);
            } else {
                operator(c, open);
            }
        }
    }

    private boolean closes(char c, String close) {
        return source.startsWith(close, at)
                || ((c == '-' || (c == '+' && close.equals("%}"))) && source.startsWith(close, at + 1));
    }

    private void operator(char c, Deque<Character> open) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                add(Kind.OPERATOR, operator);
                at += 2;
                return;
            }
        }
        if (SINGLE_OPERATORS.indexOf(c) < 0) {
            throw error("unexpected character " + Characters.describe(source.codePointAt(at)), at);
        }
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != c) {
                    throw error("unexpected '" + c + "'", at);
                }
            }
            default -> {}
        }
        add(Kind.OPERATOR, String.valueOf(c));
        at++;
    }

    private void number() {
        int start = at;
        char second = Character.toLowerCase(charAt(at + 1));
        if (source.charAt(at) == '0' && (second == 'x' || second == 'o' || second == 'b')) {
            int radix = second == 'x' ? 16 : second == 'o' ? 8 : 2;
            int end = digits(charAt(at + 2) == '_' ? at + 3 : at + 2, radix);
            integer(source.substring(at + 2, end).replace("_", ""), radix, end);
            return;
        }
        int end = digits(at, 10);
        boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
        int fraction = charAt(end) == '.' && Character.digit(charAt(end + 1), 10) >= 0 ? digits(end + 1, 10) : end;
        int exponent = fraction;
        if (charAt(fraction) == 'e' || charAt(fraction) == 'E') {
            int first = charAt(fraction + 1) == '+' || charAt(fraction + 1) == '-' ? fraction + 2 : fraction + 1;
            exponent = Character.digit(charAt(first), 10) >= 0 ? digits(first, 10) : fraction;
        }
        if (exponent > end && !afterDot) {
            String text = source.substring(start, exponent);
            tokens.add(new Token(Kind.NUMBER, text, Double.parseDouble(text.replace("_", "")), lineAt(start)));
            at = exponent;
            return;
        }
        if (source.charAt(start) == '0') {
            for (int i = start; i < end; i++) {
                if (source.charAt(i) != '0' && source.charAt(i) != '_') {
                    throw error("an integer must not begin with 0", start);
                }
            }
        }
        integer(source.substring(start, end).replace("_", ""), 10, end);
    }

    private void integer(String digits, int radix, int end) {
        try {
            tokens.add(new Token(Kind.NUMBER, digits, Long.parseLong(digits, radix), lineAt(at)));
        } catch (NumberFormatException e) {
            throw error("not an integer of at most 64 bits: " + source.substring(at, Math.min(end, at + 40)), at);
        }
        at = end;
    }

    /** The end of digits with single underscores between them. */
    private int digits(int from, int radix) {
        int end = from;
        while (digit(end, radix) || (end > from && charAt(end) == '_' && digit(end + 1, radix))) {
            end++;
        }
        return end;
    }

    private boolean digit(int index, int radix) {
        char c = charAt(index);
        return c < 128 && Character.digit(c, radix) >= 0;
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw error("string without an end", at);
        }
        String text = new Escapes(source.substring(at + 1, end), lineAt(at)).resolve();
        add(Kind.STRING, text);
        at = end + 1;
    }

    private void skipSpace() {
        while (at < source.length() && Characters.isSpace(source.charAt(at))) {
            at++;
        }
    }

    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : '\0';
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, None.NONE, lineAt(at)));
    }

    /** The line of a position; positions come in ascending order, so lines are counted once. */
    private int lineAt(int position) {
        for (; counted < position && counted < source.length(); counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
            }
        }
        return line;
    }

    private TemplateException error(String message, int position) {
        return new TemplateException(message, lineAt(position));
    }
}
