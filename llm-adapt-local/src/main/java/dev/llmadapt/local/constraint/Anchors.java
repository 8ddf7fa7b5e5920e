package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the signs that stand for anchors out of an expression without intersection and complement. A text between signs
 * of its start and of its end stands for the text; since an anchor takes no room, there may be several of each. Not
 * thread-safe.
 */
final class Anchors {
    /** Signs that are in no UTF-8. */
    static final int START = 0xFE;

    static final int END = 0xFF;
    /** The most anchors of a kind at one place. */
    private static final int MAX_SIGNS = 8;

    private static final ByteSet NO_SIGN = ByteSet.range(START, END).not();

    private final Regexes regexes;
    private final IdentityHashMap<Regex, Regex> without = new IdentityHashMap<>();

    Anchors(Regexes regexes) {
        this.regexes = regexes;
    }

    /** Returns the texts that match between signs. */
    Regex resolve(Regex signed) {
        List<Regex> texts = new ArrayList<>();
        Regex begun = signed;
        for (int starts = 1; starts <= MAX_SIGNS && begun != regexes.empty; starts++) {
            begun = regexes.next(begun, START);
            Regex ended = begun;
            for (int ends = 1; ends <= MAX_SIGNS && ended != regexes.empty; ends++) {
                ended = ended(ended, new IdentityHashMap<>());
                texts.add(without(ended));
            }
        }
        return regexes.or(texts);
    }

    /** Returns what matches when the sign of the end follows. */
    private Regex ended(Regex regex, Map<Regex, Regex> known) {
        Regex found = known.get(regex);
        if (found == null) {
            found = switch (regex.kind) {
                case BYTES -> regex.bytes.has(END) ? regexes.epsilon : regexes.empty;
                case CONCAT -> {
                    Regex head = regex.parts.get(0);
                    Regex tail = regex.parts.get(1);
                    Regex after = regexes.concat(head, ended(tail, known));
                    yield tail.nullable ? regexes.or(after, ended(head, known)) : after;
                }
                case OR -> {
                    List<Regex> parts = new ArrayList<>();
                    regex.parts.forEach(part -> parts.add(ended(part, known)));
                    yield regexes.or(parts);
                }
                case REPEAT -> {
                    Regex part = regex.parts.get(0);
                    int max = regex.max == Regex.UNBOUNDED ? regex.max : regex.max - 1;
                    yield regexes.concat(regexes.repeat(part, Math.max(regex.min - 1, 0), max), ended(part, known));
                }
                default -> regexes.empty;
            };
            known.put(regex, found);
        }
        return found;
    }

    /** Returns the matches in which no sign stands. */
    private Regex without(Regex regex) {
        Regex found = without.get(regex);
        if (found == null) {
            found = switch (regex.kind) {
                case BYTES -> regexes.bytes(regex.bytes.and(NO_SIGN));
                case CONCAT -> regexes.concat(without(regex.parts.get(0)), without(regex.parts.get(1)));
                case OR -> {
                    List<Regex> parts = new ArrayList<>();
                    regex.parts.forEach(part -> parts.add(without(part)));
                    yield regexes.or(parts);
                }
                case REPEAT -> regexes.repeat(without(regex.parts.get(0)), regex.min, regex.max);
                default -> regex;
            };
            without.put(regex, found);
        }
        return found;
    }
}
