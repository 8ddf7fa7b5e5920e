package dev.llmadapt.local.constraint;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an expression makes of plain characters: all that a JSON string holds as they are, but for U+2028 and
 * U+2029, which the dot of a pattern leaves out. Where it makes the same of all, tokens need not be looked at one by
 * one. Not thread-safe.
 */
final class PlainCharacters {
    private static final Regex.Kind REPEAT = Regex.Kind.REPEAT;

    private final Regexes regexes;

    PlainCharacters(Regexes regexes) {
        this.regexes = regexes;
    }

    /** Whether a character of so many bytes in UTF-8 is plain. */
    static boolean has(int codePoint, int length) {
        int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return codePoint >= least
                && codePoint <= Character.MAX_CODE_POINT
                && !surrogate
                && codePoint != 0x2028
                && codePoint != 0x2029;
    }

    /** Returns what an expression makes of plain characters, as far as tokens go. */
    PlainRun run(Regex regex) {
        return run(regex, Vocabulary.MAX_RUN + 1);
    }

    private PlainRun run(Regex regex, int depth) {
        PlainRun known = regex.run;
        if (known != null) {
            return known;
        }
        Regex next = next(regex);
        PlainRun run;
        if (next == null) {
            run = new PlainRun(0, regexes.empty);
        } else if (next == regex) {
            run = new PlainRun(Regex.UNBOUNDED, regex);
        } else {
            int counted = counted(regex, next);
            if (counted > 0) {
                run = new PlainRun(counted, next);
            } else if (depth == 0) {
                return new PlainRun(1, next); // or more, which nobody asks for
            } else {
                int rest = run(next, depth - 1).length();
                run = new PlainRun(rest == Regex.UNBOUNDED ? rest : rest + 1, next);
                if (depth < Vocabulary.MAX_RUN + 1) {
                    return run; // may be cut off
                }
            }
        }
        regex.run = run;
        return run;
    }

    /** Returns the bound of a repetition of characters that goes on as one of one character less, else 0. */
    private int counted(Regex regex, Regex next) {
        Regex head = regex.kind == Regex.Kind.CONCAT ? regex.parts.get(0) : regex;
        Regex tail = regex.kind == Regex.Kind.CONCAT ? regex.parts.get(1) : regexes.epsilon;
        if (head.kind != REPEAT || next(head.parts.get(0)) != regexes.epsilon) {
            return 0;
        }
        for (int value = ' '; value < 0xF5; value++) {
            boolean begins = value != '"' && value != '\\' && (value < 0x80 || value >= 0xC2);
            if (begins && regexes.next(tail, value) != regexes.empty) {
                return 0;
            }
        }
        return head.max;
    }

    /** Returns the expression after a plain character, if it is the same for all, else null. */
    private @Nullable Regex next(Regex regex) {
        Regex next = regexes.next(regex, 'a');
        if (next == regexes.empty) {
            return null;
        }
        for (int value = ' '; value < 0x80; value++) {
            if (value != '"' && value != '\\' && regexes.next(regex, value) != next) {
                return null;
            }
        }
        Map<Regex, Boolean> one = new IdentityHashMap<>();
        Map<Regex, Boolean> two = new IdentityHashMap<>();
        Map<Regex, Boolean> three = new IdentityHashMap<>();
        for (int lead = 0xC2; lead <= 0xF4; lead++) {
            Regex after = regexes.next(regex, lead);
            boolean same = switch (lead) {
                case 0xE0 -> all(after, 0xA0, 0xBF, each -> tail(each, next, one, null, null));
                case 0xE2 ->
                    all(after, 0x81, 0xBF, each -> tail(each, next, one, null, null))
                            && all(regexes.next(after, 0x80), 0x80, 0xA7, each -> each == next)
                            && all(regexes.next(after, 0x80), 0xAA, 0xBF, each -> each == next);
                case 0xED -> all(after, 0x80, 0x9F, each -> tail(each, next, one, null, null));
                case 0xF0 -> all(after, 0x90, 0xBF, each -> tail(each, next, two, one, null));
                case 0xF4 -> all(after, 0x80, 0x8F, each -> tail(each, next, two, one, null));
                default ->
                    lead < 0xE0
                            ? tail(after, next, one, null, null)
                            : lead < 0xF0 ? tail(after, next, two, one, null) : tail(after, next, three, two, one);
            };
            if (!same) {
                return null;
            }
        }
        return next;
    }

    private interface Test {
        boolean of(Regex regex);
    }

    private boolean all(Regex regex, int from, int last, Test test) {
        Regex before = null;
        for (int value = from; value <= last; value++) {
            Regex after = regexes.next(regex, value);
            if (after != before && !test.of(after)) {
                return false;
            }
            before = after;
        }
        return true;
    }

    /** Whether any bytes that go on with a character lead to the same; one map for each number of them. */
    private boolean tail(
            Regex regex,
            Regex next,
            Map<Regex, Boolean> known,
            @Nullable Map<Regex, Boolean> less,
            @Nullable Map<Regex, Boolean> least) {
        Boolean found = known.get(regex);
        if (found == null) {
            found = less == null
                    ? all(regex, 0x80, 0xBF, each -> each == next)
                    : all(regex, 0x80, 0xBF, each -> tail(each, next, Objects.requireNonNull(less), least, null));
            known.put(regex, found);
        }
        return found;
    }
}
