package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A reader of the regular expressions of ECMA-262, with Unicode's code points as characters: literals, escapes,
 * classes, groups, alternation, quantifiers and the anchors {@code ^} and {@code $}. What is no regular language, or
 * would need a look at what stands around, is refused by name: look-around, back references and word boundaries. Not
 * thread-safe.
 */
final class PatternParser {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_REPEAT = 10_000;
    private static final CodePoints DIGIT = CodePoints.range('0', '9');
    private static final CodePoints WORD =
            DIGIT.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of('_'));
    private static final CodePoints SPACE = CodePoints.of(
                    "\t\n\u000B\f\r \u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF")
            .or(CodePoints.range(0x2000, 0x200A));
    private static final CodePoints NEW_LINE = CodePoints.of("\n\r\u2028\u2029");
    private static final Pattern INLINE_FLAGS =
            Pattern.compile("([imsxuUdaLnJ^]+(-[imsxuUdaLnJ]*)?|-[imsxuUdaLnJ]+)[:)]");

    private final String pattern;
    private final CharacterCode code;
    private final Regexes regexes;
    private int at;
    private int depth;

    private PatternParser(String pattern, CharacterCode code) {
        this.pattern = pattern;
        this.code = code;
        this.regexes = code.regexes();
    }

    /**
     * Returns what matches the texts in which a pattern is found somewhere, as the keyword {@code pattern} asks.
     *
     * @throws ConstraintException if the pattern is broken or not supported; says where
     */
    static Regex found(String pattern, CharacterCode code) {
        Regexes regexes = code.regexes();
        Regex any = regexes.star(code.any());
        Regex before = regexes.optional(regexes.concat(signs(regexes, Anchors.START), any));
        Regex after = regexes.optional(regexes.concat(any, signs(regexes, Anchors.END)));
        Regex inside = new PatternParser(pattern, code).all();
        return new Anchors(regexes).resolve(regexes.concat(before, inside, after));
    }

    /**
     * Returns what matches the texts that a pattern matches from the first character to the last.
     *
     * @throws ConstraintException if the pattern is broken or not supported; says where
     */
    static Regex whole(String pattern, CharacterCode code) {
        Regexes regexes = code.regexes();
        Regex inside = new PatternParser(pattern, code).all();
        Regex before = regexes.optional(signs(regexes, Anchors.START));
        Regex after = regexes.optional(signs(regexes, Anchors.END));
        return new Anchors(regexes).resolve(regexes.concat(before, inside, after));
    }

    private static Regex signs(Regexes regexes, int sign) {
        return regexes.bytes(ByteSet.of(sign));
    }

    private Regex all() {
        Regex result = alternatives();
        if (at < pattern.length()) {
            throw broken("unmatched '" + pattern.charAt(at) + "'");
        }
        return result;
    }

    private ConstraintException broken(String what) {
        return broken(what, "");
    }

    private ConstraintException broken(String what, String next) {
        String shown = pattern.length() > 80 ? pattern.substring(0, 80) + "..." : pattern;
        return new ConstraintException("pattern", "pattern '" + shown + "': " + what + " at position " + at + next);
    }

    /**
     * An exception about what is not supported.
     *
     * @param from where it begins
     * @param instead what to write instead
     */
    private ConstraintException unsupported(String what, int from, String instead) {
        at = from;
        return broken(what + ", which is not supported,", "; " + instead);
    }

    private Regex alternatives() {
        if (++depth > MAX_DEPTH) {
            throw broken("more than " + MAX_DEPTH + " groups within each other");
        }
        List<Regex> alternatives = new ArrayList<>();
        do {
            alternatives.add(sequence());
        } while (accept('|'));
        depth--;
        return regexes.or(alternatives);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            parts.add(quantified());
        }
        return regexes.concat(parts.toArray(Regex[]::new));
    }

    private Regex quantified() {
        int from = at;
        Regex part = atom();
        boolean anchor = pattern.charAt(from) == '^' || pattern.charAt(from) == '$';
        while (at < pattern.length()) {
            int min;
            int max;
            int before = at;
            if (accept('*')) {
                min = 0;
                max = Regex.UNBOUNDED;
            } else if (accept('+')) {
                min = 1;
                max = Regex.UNBOUNDED;
            } else if (accept('?')) {
                min = 0;
                max = 1;
            } else if (pattern.charAt(at) == '{' && isBounds()) {
                at++;
                min = number();
                max = min;
                if (accept(',')) {
                    max = pattern.charAt(at) == '}' ? Regex.UNBOUNDED : number();
                }
                at++;
                if (max < min) {
                    throw broken("numbers out of order in a quantifier");
                }
            } else {
                break;
            }
            if (anchor) {
                at = before;
                throw broken("a quantifier of an anchor");
            }
            accept('?'); // lazy or not, the same texts match
            part = regexes.repeat(part, min, max);
            if (at < pattern.length() && pattern.charAt(at) == '+') {
                throw unsupported("a possessive quantifier", at, "leave the second '+' out");
            }
            if (at < pattern.length() && "*+?".indexOf(pattern.charAt(at)) >= 0) {
                throw broken("a quantifier of a quantifier");
            }
        }
        return part;
    }

    /** Whether a quantifier in braces stands here; a brace that begins none is a character, as browsers read it. */
    private boolean isBounds() {
        return pattern.substring(at, Math.min(pattern.length(), at + 24)).matches("(?s)\\{[0-9]+(,[0-9]*)?}.*");
    }

    private int number() {
        int from = at;
        while (at < pattern.length() && pattern.charAt(at) >= '0' && pattern.charAt(at) <= '9') {
            at++;
        }
        int value = at - from > 6 ? Integer.MAX_VALUE : Integer.parseInt(pattern.substring(from, at));
        if (value > MAX_REPEAT) {
            throw broken("a quantifier of more than " + MAX_REPEAT);
        }
        return value;
    }

    private Regex atom() {
        char c = pattern.charAt(at);
        switch (c) {
            case '^' -> {
                at++;
                return regexes.bytes(ByteSet.of(Anchors.START));
            }
            case '$' -> {
                at++;
                return regexes.bytes(ByteSet.of(Anchors.END));
            }
            case '(' -> {
                return group();
            }
            case '[' -> {
                at++;
                return code.of(characterClass());
            }
            case '.' -> {
                at++;
                return code.of(NEW_LINE.not());
            }
            case '\\' -> {
                at++;
                if (at < pattern.length() && "bB".indexOf(pattern.charAt(at)) >= 0) {
                    throw unsupported(
                            "a word boundary", at - 1, "write the characters that may stand there, such as [ ,.]");
                }
                if (at < pattern.length()
                        && Character.toString(pattern.charAt(at)).matches("[1-9k]")) {
                    throw unsupported("a back reference", at - 1, "write the texts that it may repeat out, a|b");
                }
                return code.of(escape(false));
            }
            case '*', '+', '?' -> throw broken("nothing before the quantifier '" + c + "'");
            default -> {
                int codePoint = pattern.codePointAt(at);
                at += Character.charCount(codePoint);
                return code.of(CodePoints.of(codePoint));
            }
        }
    }

    private Regex group() {
        int from = at++;
        if (accept('?')) {
            requireSupported(from);
            if (accept('<')) {
                int close = pattern.indexOf('>', at);
                if (close < 0) {
                    throw broken("a group whose name does not end");
                }
                at = close + 1;
            } else if (!accept(':')) {
                at = from;
                throw broken("a group of a kind that ECMA-262 does not have");
            }
        }
        Regex inside = alternatives();
        if (!accept(')')) {
            throw broken("a group that does not end");
        }
        return inside;
    }

    /** Refuses what may stand after the question mark of a group but a name or a colon. */
    private void requireSupported(int from) {
        String kind = pattern.substring(at, Math.min(pattern.length(), at + 3));
        java.util.regex.Matcher flags = INLINE_FLAGS.matcher(pattern).region(at, pattern.length());
        if (kind.startsWith("=") || kind.startsWith("!")) {
            throw unsupported("a look-ahead", from, "write the texts that may follow out, or check the answer");
        } else if (kind.startsWith("<=") || kind.startsWith("<!")) {
            throw unsupported("a look-behind", from, "write the texts that may stand before out, or check the answer");
        } else if (kind.startsWith(">")) {
            throw unsupported("an atomic group", from, "write (?:...)");
        } else if (kind.startsWith("#")) {
            throw unsupported("a comment", from, "leave it out");
        } else if (kind.startsWith("P<")) {
            throw unsupported("a named group in the notation of Python, '(?P<'", from, "write (?<");
        } else if (flags.lookingAt()) {
            String shown = "(?" + flags.group() + (flags.group().endsWith(":") ? "...)" : "");
            throw unsupported("an inline flag, '" + shown + "'", from, instead(flags.group(1)));
        }
    }

    /** What says the same as the flags that are switched on, the first of them that says something. */
    private static String instead(String on) {
        for (int i = 0; i < on.length() && on.charAt(i) != '-'; i++) {
            switch (on.charAt(i)) {
                case 'i' -> {
                    return "for either case write both, such as [Aa] for a";
                }
                case 's' -> {
                    return "for any character with line ends write [\\s\\S] instead of the dot";
                }
                case 'm' -> {
                    return "for the start and end of a line write (^|\\n) and (\\n|$)";
                }
                case 'x' -> {
                    return "write the pattern without blanks and comments";
                }
                default -> {}
            }
        }
        return "leave it out"; // such as (?u): characters are code points anyway
    }

    private CodePoints characterClass() {
        boolean negated = accept('^');
        CodePoints set = CodePoints.ALL.not();
        while (true) {
            if (at >= pattern.length()) {
                throw broken("a class that does not end");
            }
            if (accept(']')) {
                return negated ? set.not() : set;
            }
            CodePoints first = classAtom();
            if (pattern.startsWith("-", at) && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
                int dash = at++;
                CodePoints last = classAtom();
                if (isOne(first) && isOne(last)) {
                    int from = first.ranges().get(0)[0];
                    int to = last.ranges().get(0)[0];
                    if (from > to) {
                        at = dash;
                        throw broken("a range out of order in a class");
                    }
                    set = set.or(CodePoints.range(from, to));
                } else { // such as [\w-.], which browsers read as three
                    set = set.or(first).or(CodePoints.of('-')).or(last);
                }
            } else {
                set = set.or(first);
            }
        }
    }

    private static boolean isOne(CodePoints set) {
        List<int[]> ranges = set.ranges();
        return ranges.size() == 1 && ranges.get(0)[0] == ranges.get(0)[1];
    }

    private CodePoints classAtom() {
        if (accept('\\')) {
            return escape(true);
        }
        int codePoint = pattern.codePointAt(at);
        at += Character.charCount(codePoint);
        return CodePoints.of(codePoint);
    }

    /** Reads what follows a backslash. */
    private CodePoints escape(boolean inClass) {
        if (at >= pattern.length()) {
            throw broken("a backslash at the end");
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        switch (c) {
            case 'd' -> {
                return DIGIT;
            }
            case 'D' -> {
                return DIGIT.not();
            }
            case 'w' -> {
                return WORD;
            }
            case 'W' -> {
                return WORD.not();
            }
            case 's' -> {
                return SPACE;
            }
            case 'S' -> {
                return SPACE.not();
            }
            case 't' -> {
                return CodePoints.of('\t');
            }
            case 'n' -> {
                return CodePoints.of('\n');
            }
            case 'v' -> {
                return CodePoints.of(0x0B);
            }
            case 'f' -> {
                return CodePoints.of('\f');
            }
            case 'r' -> {
                return CodePoints.of('\r');
            }
            case '0' -> {
                return CodePoints.of(0);
            }
            case 'x' -> {
                return CodePoints.of(hex(2));
            }
            case 'u' -> {
                return CodePoints.of(unicode());
            }
            case 'c' -> {
                if (at < pattern.length()
                        && Character.toString(pattern.charAt(at)).matches("[A-Za-z]")) {
                    return CodePoints.of(pattern.charAt(at++) % 32);
                }
                throw broken("a control escape without a letter");
            }
            case 'p', 'P' -> {
                CodePoints set = property();
                return c == 'p' ? set : set.not();
            }
            default -> {
                if (inClass && c == 'b') {
                    return CodePoints.of('\b');
                }
                if ((c < 0x80 && Character.isLetterOrDigit(c))) {
                    at -= 2;
                    String next = switch (c) {
                        case 'A' -> "; write ^";
                        case 'z', 'Z' -> "; write $";
                        case 'h' -> "; write [ \\t]";
                        case 'R' -> "; write \\r?\\n";
                        case 'Q', 'E' -> "; write a backslash before each sign, such as \\.";
                        default -> "";
                    };
                    throw broken("an escape '\\" + Character.toString(c) + "', which ECMA-262 does not have,", next);
                }
                return CodePoints.of(c);
            }
        }
    }

    private int unicode() {
        if (accept('{')) {
            int close = pattern.indexOf('}', at);
            String digits = close < 0 ? "" : pattern.substring(at, close);
            if (!digits.matches("[0-9A-Fa-f]{1,6}") || Integer.parseInt(digits, 16) > Character.MAX_CODE_POINT) {
                throw broken("a code point that is none");
            }
            at = close + 1;
            return Integer.parseInt(digits, 16);
        }
        int first = hex(4);
        if (Character.isHighSurrogate((char) first) && pattern.startsWith("\\u", at)) {
            int before = at;
            at += 2;
            int second = hex(4);
            if (Character.isLowSurrogate((char) second)) {
                return Character.toCodePoint((char) first, (char) second);
            }
            at = before;
        }
        if (first >= Character.MIN_SURROGATE && first <= Character.MAX_SURROGATE) {
            throw broken("half of a surrogate pair, which is no character,");
        }
        return first;
    }

    private int hex(int digits) {
        if (at + digits > pattern.length()
                || !pattern.substring(at, at + digits).matches("[0-9A-Fa-f]+")) {
            throw broken("an escape without " + digits + " hexadecimal digits");
        }
        at += digits;
        return Integer.parseInt(pattern.substring(at - digits, at), 16);
    }

    /** Reads a property of characters: a general category, or a script. */
    private CodePoints property() {
        int close = pattern.indexOf('}', at);
        if (!accept('{') || close < 0) {
            throw broken("a property without a name in braces");
        }
        String name = pattern.substring(at, close);
        at = close + 1;
        int equals = name.indexOf('=');
        String key = equals < 0 ? "" : name.substring(0, equals);
        String value = name.substring(equals + 1);
        if (Set.of("Script", "sc", "Script_Extensions", "scx").contains(key)) {
            try {
                Character.UnicodeScript script = Character.UnicodeScript.forName(value);
                return CodePoints.where(each -> Character.UnicodeScript.of(each) == script);
            } catch (IllegalArgumentException e) {
                throw broken("the unknown script '" + value + "'");
            }
        }
        if (value.equals("ASCII") && key.isEmpty()) {
            return CodePoints.range(0, 0x7F);
        }
        if (value.equals("Any") && key.isEmpty()) {
            return CodePoints.ALL;
        }
        try {
            if (key.isEmpty() || Set.of("General_Category", "gc").contains(key)) {
                return UnicodeCategories.named(value);
            }
        } catch (IllegalArgumentException e) {
            throw broken(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
        }
        throw broken("the property '" + name + "', which is not supported,");
    }

    private boolean accept(char c) {
        if (at < pattern.length() && pattern.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }
}
