package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of grammars in GBNF, the notation of llama.cpp: rules {@code name ::= ...}, the one of the whole text called
 * {@code root}. A rule is made of texts in double quotes, classes of characters such as {@code [a-z]} and
 * {@code [^0-9]}, the dot for any character, names of rules, parentheses, {@code |} and the quantifiers {@code *},
 * {@code +}, {@code ?}, {@code {m}}, {@code {m,}} and {@code {m,n}}; {@code #} begins a comment. Escapes are those of
 * C, {@code \x}, {@code \}{@code u} and {@code \U} with two, four and eight hexadecimal digits among them. A rule goes
 * on until the next one begins. Not thread-safe.
 */
final class GrammarReader {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_REPEAT = 10_000;

    private final String text;
    private final CharacterCode code;
    private final Map<String, Rhs> rules = new LinkedHashMap<>();
    private int at;
    private int depth;

    private GrammarReader(String text, Regexes regexes) {
        this.text = text;
        this.code = CharacterCode.utf8(regexes);
    }

    /** The right side of a rule, or a part of it. */
    sealed interface Rhs {
        /** What is read. */
        record Terminal(Regex regex) implements Rhs {}

        /** Another rule. */
        record Name(String name, int at) implements Rhs {}

        /** One after the other. */
        record Sequence(List<Rhs> parts) implements Rhs {}

        /** One of several. */
        record Choice(List<Rhs> parts) implements Rhs {}

        /** So many times. */
        record Repeat(Rhs part, int min, int max) implements Rhs {}
    }

    /**
     * Reads the rules, in their order.
     *
     * @throws ConstraintException if they are broken or have parts that are not supported; says where
     */
    static Map<String, Rhs> read(String text, Regexes regexes) {
        GrammarReader reader = new GrammarReader(text, regexes);
        reader.space();
        while (reader.at < text.length()) {
            String name = reader.name();
            reader.space();
            if (name.isEmpty() || !text.startsWith("::=", reader.at)) {
                throw reader.broken("expected a rule, name ::= ...,");
            }
            reader.at += 3;
            if (reader.rules.put(name, reader.choice()) != null) {
                throw reader.broken("a second rule '" + name + "'");
            }
        }
        if (!reader.rules.containsKey("root")) {
            throw new ConstraintException("a grammar needs a rule called root, got " + reader.rules.keySet());
        }
        reader.rules.values().forEach(reader::requireNames);
        return reader.rules;
    }

    private void requireNames(Rhs rhs) {
        if (rhs instanceof Rhs.Name name && !rules.containsKey(name.name())) {
            at = name.at();
            throw broken("no rule is called '" + name.name() + "', which stands");
        } else if (rhs instanceof Rhs.Sequence sequence) {
            sequence.parts().forEach(this::requireNames);
        } else if (rhs instanceof Rhs.Choice choice) {
            choice.parts().forEach(this::requireNames);
        } else if (rhs instanceof Rhs.Repeat repeat) {
            requireNames(repeat.part());
        }
    }

    private ConstraintException broken(String what) {
        String before = text.substring(0, Math.min(at, text.length()));
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return new ConstraintException(
                "grammar: " + what + " at line " + line + ", character " + (at - before.lastIndexOf('\n')));
    }

    private void space() {
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.charAt(at) == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else {
                return;
            }
        }
    }

    private String name() {
        int from = at;
        while (at < text.length() && Character.toString(text.charAt(at)).matches("[A-Za-z0-9_-]")) {
            at++;
        }
        return text.substring(from, at);
    }

    private Rhs choice() {
        if (++depth > MAX_DEPTH) {
            throw broken("more than " + MAX_DEPTH + " groups within each other");
        }
        List<Rhs> parts = new ArrayList<>();
        do {
            parts.add(sequence());
        } while (accept('|'));
        depth--;
        return parts.size() == 1 ? parts.get(0) : new Rhs.Choice(parts);
    }

    private boolean accept(char c) {
        space();
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private Rhs sequence() {
        List<Rhs> parts = new ArrayList<>();
        while (true) {
            space();
            if (at >= text.length() || text.charAt(at) == '|' || text.charAt(at) == ')' || beginsRule()) {
                return parts.size() == 1 ? parts.get(0) : new Rhs.Sequence(parts);
            }
            parts.add(quantified(atom()));
        }
    }

    /** Whether the next rule begins here. */
    private boolean beginsRule() {
        int before = at;
        boolean begins = !name().isEmpty();
        space();
        begins &= text.startsWith("::=", at);
        at = before;
        return begins;
    }

    private Rhs atom() {
        char c = text.charAt(at);
        if (c == '"') {
            at++;
            StringBuilder literal = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '"') {
                literal.appendCodePoint(character());
            }
            close('"', "a text");
            return new Rhs.Terminal(code.literal(literal.toString()));
        } else if (c == '[') {
            at++;
            return new Rhs.Terminal(code.of(characters()));
        } else if (c == '.') {
            at++;
            return new Rhs.Terminal(code.any());
        } else if (c == '(') {
            at++;
            Rhs inside = choice();
            close(')', "a group");
            return inside;
        } else if (c == '<' || c == '!') {
            throw broken("a token by its name or number, which is not supported; write its text in quotes,");
        }
        int from = at;
        String name = name();
        if (name.isEmpty()) {
            throw broken("unexpected '" + Character.toString(text.codePointAt(at)) + "'");
        }
        return new Rhs.Name(name, from);
    }

    private void close(char c, String what) {
        if (at >= text.length() || text.charAt(at) != c) {
            throw broken(what + " that does not end");
        }
        at++;
    }

    private CodePoints characters() {
        boolean negated = at < text.length() && text.charAt(at) == '^';
        at += negated ? 1 : 0;
        CodePoints set = CodePoints.ALL.not();
        while (at < text.length() && text.charAt(at) != ']') {
            int from = character();
            int to = from;
            if (at + 1 < text.length() && text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
                at++;
                to = character();
            }
            if (to < from) {
                throw broken("a range out of order in a class");
            }
            set = set.or(CodePoints.range(from, to));
        }
        close(']', "a class");
        return negated ? set.not() : set;
    }

    /** Reads a character, maybe an escape. */
    private int character() {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c != '\\') {
            return c;
        }
        if (at >= text.length()) {
            throw broken("a backslash at the end");
        }
        char kind = text.charAt(at++);
        return switch (kind) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '\\', '"', '[', ']', '-', '^', '\'', '/' -> kind;
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            default -> throw broken("an escape '\\" + kind + "', which GBNF does not have,");
        };
    }

    private int hex(int digits) {
        if (at + digits > text.length() || !text.substring(at, at + digits).matches("[0-9A-Fa-f]+")) {
            throw broken("an escape without " + digits + " hexadecimal digits");
        }
        long value = Long.parseLong(text.substring(at, at + digits), 16);
        at += digits;
        boolean surrogate = value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
        if (value > Character.MAX_CODE_POINT || surrogate) {
            throw broken("a code point that is none");
        }
        return (int) value;
    }

    private Rhs quantified(Rhs part) {
        Rhs result = part;
        while (true) {
            space();
            if (accept('*')) {
                result = new Rhs.Repeat(result, 0, Regex.UNBOUNDED);
            } else if (accept('+')) {
                result = new Rhs.Repeat(result, 1, Regex.UNBOUNDED);
            } else if (accept('?')) {
                result = new Rhs.Repeat(result, 0, 1);
            } else if (accept('{')) {
                result = bounded(result);
            } else {
                return result;
            }
        }
    }

    private Rhs bounded(Rhs part) {
        int end = text.indexOf('}', at);
        String bounds = end < 0 ? "" : text.substring(at, end).replaceAll("\\s", "");
        if (!bounds.matches("[0-9]{1,6}(,([0-9]{1,6})?)?|,[0-9]{1,6}")) {
            throw broken("a quantifier in braces must be {m}, {m,} or {m,n}");
        }
        at = end + 1;
        String[] numbers = bounds.split(",", -1);
        int min = numbers[0].isEmpty() ? 0 : Integer.parseInt(numbers[0]);
        int max = numbers.length == 1 ? min : numbers[1].isEmpty() ? Regex.UNBOUNDED : Integer.parseInt(numbers[1]);
        if (max < min || min > MAX_REPEAT || (max > MAX_REPEAT && max != Regex.UNBOUNDED)) {
            throw broken(
                    "the numbers of a quantifier must be in order, at most " + MAX_REPEAT + ", got {" + bounds + "}");
        }
        return new Rhs.Repeat(part, min, max);
    }
}
