package dev.llmadapt.local.constraint;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an expression makes of plain characters: all that a JSON string holds as they are, but for U+2028 and
 * U+2029, which the dot of a pattern leaves out. Where it makes the same of all, tokens need not be looked at one by
 * one. Not thread-safe.
 */
final class PlainCharacters {
    private static final Regex.Kind REPEAT = Regex.Kind.REPEAT;

    /** The most states to look at to find out whether all plain characters may come for ever. */
    private static final int MAX_TOTAL = 12;

    private final Regexes regexes;
    private final IdentityHashMap<Regex, Boolean> total = new IdentityHashMap<>();

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
            int counted = counted(regex);
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
    private int counted(Regex regex) {
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
        IdentityHashMap<Regex, Boolean> one = new IdentityHashMap<>();
        IdentityHashMap<Regex, Boolean> two = new IdentityHashMap<>();
        IdentityHashMap<Regex, Boolean> three = new IdentityHashMap<>();
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

    /**
     * Whether any number of plain characters may come, whichever they are, and the terminal cannot end after any of
     * them.
     */
    boolean isTotal(Regex regex) {
        Boolean known = total.get(regex);
        if (known == null) {
            known = !regex.nullable && (run(regex).next() == regex || findTotal(regex));
            total.put(regex, known);
        }
        return known;
    }

    private boolean findTotal(Regex start) {
        Set<Regex> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<Regex> open = new ArrayDeque<>(List.of(start));
        seen.add(start);
        Test visit = after -> {
            if (after == regexes.empty || after.nullable || Boolean.FALSE.equals(total.get(after))) {
                return false;
            }
            if (!Boolean.TRUE.equals(total.get(after)) && run(after).next() != after && seen.add(after)) {
                open.add(after);
            }
            return seen.size() <= MAX_TOTAL;
        };
        while (!open.isEmpty()) {
            Regex at = open.poll();
            boolean good = true;
            for (int value = ' '; good && value < 0x80; value++) {
                good = value == '"' || value == '\\' || visit.of(regexes.next(at, value));
            }
            for (int lead = 0xC2; good && lead <= 0xF4; lead++) {
                int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
                int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
                int bytes = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
                good = characters(regexes.next(at, lead), low, high, bytes, lead, visit);
            }
            if (seen.size() > MAX_TOTAL) { // such as a long count: none of them is looked at again
                seen.forEach(each -> total.put(each, false));
            }
            if (!good) {
                total.put(at, false);
                return false;
            }
        }
        seen.forEach(each -> total.put(each, true));
        return true;
    }

    /** Whether a test is true of what follows a character, by the range of its next byte and the number of bytes. */
    private boolean characters(Regex regex, int low, int high, int bytes, int lead, Test visit) {
        Regex before = null;
        for (int value = low; value <= high; value++) {
            Regex after = regexes.next(regex, value);
            boolean separators = lead == 0xE2 && bytes == 2 && value == 0x80; // U+2028 and U+2029 are not plain
            if (after == before && !separators) {
                continue;
            }
            before = separators ? null : after;
            if (bytes == 1) {
                if (!visit.of(after)) {
                    return false;
                }
            } else if (separators) {
                if (!characters(after, 0x80, 0xA7, 1, 0, visit) || !characters(after, 0xAA, 0xBF, 1, 0, visit)) {
                    return false;
                }
            } else if (!characters(after, 0x80, 0xBF, bytes - 1, 0, visit)) {
                return false;
            }
        }
        return true;
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
