package dev.llmadapt.peft.folder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression as Python's {@code re} understands it, for the module names of adapter files: these come from
 * outside, and an engine that backtracks can be made to run for ever. This one follows all alternatives at once
 * (Thompson 1968), so that time is bounded by pattern times text, and charges a {@link Budget} for every step.
 *
 * <p>All of {@code re}'s syntax but what depends on what a group caught or changes how the rest is read: back
 * references, inline flags, conditionals, atomic groups and possessive quantifiers are refused.
 */
final class PythonPattern {
    private static final int MAX_LENGTH = 100_000;
    private static final int MAX_INSTRUCTIONS = 20_000;
    private static final int MAX_DEPTH = 60;
    /** Braces, a comma and two numbers of nine digits. */
    private static final int MAX_QUANTIFIER = 21;

    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final int SET = 0; // x: index of the set
    private static final int SPLIT = 1; // x, y: where to go on
    private static final int JUMP = 2; // x
    private static final int BEGIN = 3;
    private static final int END = 4; // or before a line end that ends the text
    private static final int VERY_END = 5;
    private static final int BOUNDARY = 6;
    private static final int NO_BOUNDARY = 7;
    private static final int LOOK = 8; // x: where to go on, y: flags; what it looks for follows
    private static final int MATCH = 9;

    private static final int AHEAD = 1;
    private static final int NEGATED = 2;

    /** How much more work may be done; shared by all patterns of an adapter. */
    static final class Budget {
        private long steps;

        Budget(long steps) {
            this.steps = steps;
        }

        void spend(long count) {
            steps -= count;
            if (steps < 0) {
                throw new IllegalArgumentException("its regular expressions take too long; name modules in a list");
            }
        }
    }

    private sealed interface Tree {}

    private record One(IntPredicate set) implements Tree {}

    private record Sequence(List<Tree> parts) implements Tree {}

    private record Either(List<Tree> branches) implements Tree {}

    private record Repeat(Tree part, int least, int most) implements Tree {}

    private record At(int what) implements Tree {}

    private record Look(Tree part, int flags) implements Tree {}

    private final String pattern;
    private final List<IntPredicate> sets = new ArrayList<>();
    private int[] ops = new int[64];
    private int[] xs = new int[64];
    private int[] ys = new int[64];
    private int size;
    private int at;

    private PythonPattern(String pattern) {
        this.pattern = pattern;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none, is too large, or has what is not supported
     */
    static PythonPattern compile(String pattern) {
        if (pattern.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a regular expression of " + pattern.length()
                    + " characters is too long, at most " + MAX_LENGTH + " are read");
        }
        PythonPattern compiled = new PythonPattern(pattern);
        Tree tree = compiled.either(0);
        if (compiled.at < pattern.length()) {
            throw compiled.wrong("unbalanced ')'");
        }
        compiled.emit(tree);
        compiled.add(MATCH, 0, 0);
        return compiled;
    }

    /** Whether it matches all of the text, as {@code re.fullmatch}. */
    boolean matches(String text, Budget budget) {
        return run(0, text, 0, text.length(), budget);
    }

    // ---- reading

    private Tree either(int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong("more than " + MAX_DEPTH + " nested groups");
        }
        List<Tree> branches = new ArrayList<>();
        branches.add(sequence(depth));
        while (at < pattern.length() && pattern.charAt(at) == '|') {
            at++;
            branches.add(sequence(depth));
        }
        return branches.size() == 1 ? branches.get(0) : new Either(branches);
    }

    private Tree sequence(int depth) {
        List<Tree> parts = new ArrayList<>();
        while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            parts.add(quantified(atom(depth)));
        }
        return parts.size() == 1 ? parts.get(0) : new Sequence(parts);
    }

    private Tree quantified(Tree part) {
        int[] bounds = quantifier();
        if (bounds == null) {
            return part;
        }
        if (part instanceof At) {
            throw wrong("nothing to repeat");
        }
        if (at < pattern.length() && pattern.charAt(at) == '?') {
            at++; // lazy: another order of trying, the same texts
        } else if (at < pattern.length() && pattern.charAt(at) == '+') {
            throw wrong("possessive quantifiers are not supported");
        }
        int next = at;
        if (quantifier() != null) {
            at = next;
            throw wrong("multiple repeat");
        }
        return new Repeat(part, bounds[0], bounds[1]);
    }

    /** The bounds of the quantifier that stands here, or null; a brace that is none is a character of its own. */
    private int @Nullable [] quantifier() {
        if (at == pattern.length()) {
            return null;
        }
        switch (pattern.charAt(at)) {
            case '*':
                at++;
                return new int[] {0, UNBOUNDED};
            case '+':
                at++;
                return new int[] {1, UNBOUNDED};
            case '?':
                at++;
                return new int[] {0, 1};
            case '{':
                // Looked for near by only: a pattern of many braces would otherwise cost the square of its length.
                String ahead = pattern.substring(at, Math.min(pattern.length(), at + MAX_QUANTIFIER));
                int end = ahead.indexOf('}');
                String inside = end < 0 ? "" : ahead.substring(1, end);
                if (!inside.matches("[0-9]{1,9}|[0-9]{0,9},[0-9]{0,9}") || inside.equals(",")) {
                    return null;
                }
                at += end + 1;
                int comma = inside.indexOf(',');
                int least = number(comma < 0 ? inside : inside.substring(0, comma), 0);
                int most = comma < 0 ? least : number(inside.substring(comma + 1), UNBOUNDED);
                if (least > most) {
                    throw wrong("min repeat greater than max repeat");
                }
                return new int[] {least, most};
            default:
                return null;
        }
    }

    private static int number(String digits, int ifEmpty) {
        return digits.isEmpty() ? ifEmpty : Integer.parseInt(digits);
    }

    private Tree atom(int depth) {
        char c = pattern.charAt(at++);
        return switch (c) {
            case '.' -> new One(other -> other != '\n');
            case '^' -> new At(BEGIN);
            case '$' -> new At(END);
            case '[' -> new One(set());
            case '(' -> group(depth);
            case '\\' -> escape();
            case '*', '+', '?' -> {
                at--;
                throw wrong("nothing to repeat");
            }
            default -> new One(other -> other == c);
        };
    }

    private Tree group(int depth) {
        int flags = -1;
        if (pattern.startsWith("?:", at)) {
            at += 2;
        } else if (pattern.startsWith("?P<", at)) {
            int close = pattern.indexOf('>', at);
            if (close < 0 || !pattern.substring(at + 3, close).matches("[A-Za-z_][A-Za-z_0-9]*")) {
                throw wrong("bad group name");
            }
            at = close + 1;
        } else if (pattern.startsWith("?=", at)) {
            flags = AHEAD;
            at += 2;
        } else if (pattern.startsWith("?!", at)) {
            flags = AHEAD | NEGATED;
            at += 2;
        } else if (pattern.startsWith("?<=", at)) {
            flags = 0;
            at += 3;
        } else if (pattern.startsWith("?<!", at)) {
            flags = NEGATED;
            at += 3;
        } else if (pattern.startsWith("?", at)) {
            throw wrong(
                    "groups that begin so are not supported; of those with a question mark, (?:, (?P<name>, (?=, (?!,"
                            + " (?<= and (?<! are");
        }
        Tree inside = either(depth + 1);
        if (at == pattern.length()) {
            throw wrong("missing ), unterminated subpattern");
        }
        at++;
        return flags < 0 ? inside : new Look(inside, flags);
    }

    private Tree escape() {
        if (at == pattern.length()) {
            throw wrong("bad escape at the end of the pattern");
        }
        char c = pattern.charAt(at);
        Tree position = switch (c) {
            case 'A' -> new At(BEGIN);
            case 'Z' -> new At(VERY_END);
            case 'b' -> new At(BOUNDARY);
            case 'B' -> new At(NO_BOUNDARY);
            default -> null;
        };
        if (position != null) {
            at++;
            return position;
        }
        return new One(escapedSet());
    }

    /** The characters an escape stands for, inside of brackets or out of them. */
    private IntPredicate escapedSet() {
        char c = pattern.charAt(at++);
        return switch (c) {
            case 'd' -> Character::isDigit;
            case 'D' -> other -> !Character.isDigit(other);
            case 'w' -> PythonPattern::isWord;
            case 'W' -> other -> !isWord(other);
            case 's' -> PythonPattern::isSpace;
            case 'S' -> other -> !isSpace(other);
            default -> {
                int literal = escapedCharacter(c);
                yield other -> other == literal;
            }
        };
    }

    private int escapedCharacter(char c) {
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'v' -> 0x0b;
            default -> {
                if (c < 128 && Character.isLetterOrDigit(c)) {
                    at--;
                    throw wrong("the escape \\" + c + " is not supported");
                }
                yield c;
            }
        };
    }

    private IntPredicate set() {
        boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
        if (negated) {
            at++;
        }
        List<IntPredicate> parts = new ArrayList<>();
        int first = at;
        while (true) {
            if (at >= pattern.length()) {
                throw wrong("unterminated character set");
            }
            char c = pattern.charAt(at);
            if (c == ']' && at > first) {
                at++;
                break;
            }
            parts.add(range());
        }
        IntPredicate any = c -> {
            for (IntPredicate part : parts) {
                if (part.test(c)) {
                    return true;
                }
            }
            return false;
        };
        return negated ? any.negate() : any;
    }

    private IntPredicate range() {
        int low = setCharacter();
        if (low < 0) {
            return escapedSet();
        }
        if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
            at++;
            int high = setCharacter();
            if (high < low) {
                throw wrong("bad character range");
            }
            return c -> c >= low && c <= high;
        }
        return c -> c == low;
    }

    /** One character of a set; or -1 before the letter of an escape that stands for several. */
    private int setCharacter() {
        char c = pattern.charAt(at++);
        if (c != '\\') {
            return c;
        }
        if (at == pattern.length()) {
            throw wrong("bad escape at the end of the pattern");
        }
        if ("dDwWsS".indexOf(pattern.charAt(at)) >= 0) {
            return -1;
        }
        char escaped = pattern.charAt(at++);
        return escaped == 'b' ? '\b' : escapedCharacter(escaped);
    }

    private static boolean isWord(int c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private IllegalArgumentException wrong(String what) {
        String shown = pattern.length() > 200 ? pattern.substring(0, 200) + "..." : pattern;
        return new IllegalArgumentException(
                "the regular expression '" + shown + "' cannot be used: " + what + " at position " + at);
    }

    // ---- the program

    private int add(int op, int x, int y) {
        if (size == MAX_INSTRUCTIONS) {
            at = pattern.length();
            throw wrong("it is too large, its repetitions written out");
        }
        if (size == ops.length) {
            ops = Arrays.copyOf(ops, 2 * size);
            xs = Arrays.copyOf(xs, 2 * size);
            ys = Arrays.copyOf(ys, 2 * size);
        }
        ops[size] = op;
        xs[size] = x;
        ys[size] = y;
        return size++;
    }

    private void emit(Tree tree) {
        if (tree instanceof One one) {
            sets.add(one.set);
            add(SET, sets.size() - 1, 0);
        } else if (tree instanceof Sequence sequence) {
            sequence.parts.forEach(this::emit);
        } else if (tree instanceof Either either) {
            emit(either);
        } else if (tree instanceof Repeat repeat) {
            emit(repeat);
        } else if (tree instanceof At position) {
            add(position.what, 0, 0);
        } else if (tree instanceof Look look) {
            int start = add(LOOK, 0, look.flags);
            emit(look.part);
            add(MATCH, 0, 0);
            xs[start] = size;
        }
    }

    private void emit(Either either) {
        List<Integer> jumps = new ArrayList<>();
        for (int i = 0; i + 1 < either.branches.size(); i++) {
            int split = add(SPLIT, size + 1, 0);
            emit(either.branches.get(i));
            jumps.add(add(JUMP, 0, 0));
            ys[split] = size;
        }
        emit(either.branches.get(either.branches.size() - 1));
        jumps.forEach(jump -> xs[jump] = size);
    }

    private void emit(Repeat repeat) {
        // each copy takes an instruction at least, so that copies of nothing end too
        for (int i = 0; i < repeat.least; i++) {
            int nothing = size;
            emit(repeat.part);
            if (size == nothing) {
                break;
            }
        }
        if (repeat.most == UNBOUNDED) {
            int split = add(SPLIT, size + 1, 0);
            emit(repeat.part);
            add(JUMP, split, 0);
            ys[split] = size;
            return;
        }
        List<Integer> splits = new ArrayList<>();
        for (int i = repeat.least; i < repeat.most; i++) {
            splits.add(add(SPLIT, size + 1, 0));
            emit(repeat.part);
        }
        splits.forEach(split -> ys[split] = size);
    }

    // ---- running it

    /** Whether the program from {@code start} matches from {@code from} to {@code to}, or to anywhere if that is -1. */
    private boolean run(int start, String text, int from, int to, Budget budget) {
        budget.spend(size / 8 + 1);
        int[] marks = new int[size];
        int[] states = new int[size];
        int[] next = new int[size];
        int[] stack = new int[size + 1];
        int generation = 1;
        int count = close(start, text, from, marks, generation, states, 0, stack, budget);
        for (int position = from; ; position++) {
            for (int i = 0; i < count; i++) {
                if (ops[states[i]] == MATCH && (to < 0 || to == position)) {
                    return true;
                }
            }
            if (count == 0 || position == text.length() || position == to) {
                return false;
            }
            generation++;
            int following = 0;
            for (int i = 0; i < count; i++) {
                int state = states[i];
                if (ops[state] == SET && sets.get(xs[state]).test(text.charAt(position))) {
                    following = close(state + 1, text, position + 1, marks, generation, next, following, stack, budget);
                }
            }
            int[] swap = states;
            states = next;
            next = swap;
            count = following;
        }
    }

    /** Adds what can be reached from a state without reading on: the sets to be read, and matches. */
    private int close(
            int start,
            String text,
            int position,
            int[] marks,
            int generation,
            int[] states,
            int count,
            int[] stack,
            Budget budget) {
        int filled = count;
        int height = 0;
        if (marks[start] != generation) {
            marks[start] = generation;
            stack[height++] = start;
        }
        while (height > 0) {
            budget.spend(1);
            int state = stack[--height];
            int[] following = {-1, -1};
            switch (ops[state]) {
                case SET, MATCH -> states[filled++] = state;
                case SPLIT -> {
                    following[0] = ys[state];
                    following[1] = xs[state];
                }
                case JUMP -> following[0] = xs[state];
                case LOOK -> following[0] = looks(state, text, position, budget) ? xs[state] : -1;
                default -> following[0] = holds(ops[state], text, position) ? state + 1 : -1;
            }
            for (int to : following) {
                if (to >= 0 && marks[to] != generation) {
                    marks[to] = generation;
                    stack[height++] = to;
                }
            }
        }
        return filled;
    }

    private boolean looks(int state, String text, int position, Budget budget) {
        boolean found = false;
        if ((ys[state] & AHEAD) != 0) {
            found = run(state + 1, text, position, -1, budget);
        } else {
            for (int from = position; from >= 0 && !found; from--) {
                found = run(state + 1, text, from, position, budget);
            }
        }
        return found != ((ys[state] & NEGATED) != 0);
    }

    private static boolean holds(int what, String text, int position) {
        boolean before = position > 0 && isWord(text.charAt(position - 1));
        boolean after = position < text.length() && isWord(text.charAt(position));
        return switch (what) {
            case BEGIN -> position == 0;
            case END -> position == text.length() || (position == text.length() - 1 && text.charAt(position) == '\n');
            case VERY_END -> position == text.length();
            case BOUNDARY -> before != after;
            default -> before == after;
        };
    }
}
