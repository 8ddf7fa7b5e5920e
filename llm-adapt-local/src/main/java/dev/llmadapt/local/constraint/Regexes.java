package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Regex.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The regular expressions of one constraint: builds them in a normal form, so that equal ones are the same object, and
 * takes their derivatives, which are the states of a deterministic automaton, built as far as it is walked. Holds at
 * most {@link #MAX_EXPRESSIONS}. Not thread-safe.
 */
final class Regexes {
    /** The most expressions, states of automata among them. */
    static final int MAX_EXPRESSIONS = 400_000;
    /** The most states that are looked at to find out whether one leads anywhere. */
    private static final int MAX_SEARCH = 40_000;
    /** The most steps that searches may take together in one call, so that it ends soon. */
    private static final long MAX_WORK = 400_000;

    private final Map<Regex.Key, Regex> known = new HashMap<>();
    private final IdentityHashMap<Regex, String> names = new IdentityHashMap<>();
    private long work;

    final Regex empty = make(Regex.Key.of(Kind.EMPTY, List.of()));
    final Regex epsilon = make(Regex.Key.of(Kind.EPSILON, List.of()));
    /** Matches every text. */
    final Regex all = make(Regex.Key.of(Kind.NOT, List.of(empty)));

    private Regex make(Regex.Key key) {
        Regex found = known.get(key);
        if (found == null) {
            if (known.size() >= MAX_EXPRESSIONS) {
                throw tooLarge();
            }
            found = new Regex(known.size(), key);
            known.put(key, found);
        }
        return found;
    }

    private static ConstraintException tooLarge() {
        return ConstraintException.unplaced(
                "",
                "the constraint needs more than " + MAX_EXPRESSIONS + " states of its expressions; make bounds and"
                        + " patterns smaller, or leave some out and check the answer");
    }

    /** Returns what matches one byte of a set. */
    Regex bytes(ByteSet set) {
        return set.isEmpty() ? empty : make(new Regex.Key(Kind.BYTES, List.of(), set, 0, 0, null));
    }

    /** Returns what matches these bytes. */
    Regex literal(byte[] text) {
        Regex result = epsilon;
        for (int i = text.length - 1; i >= 0; i--) {
            result = concat(bytes(ByteSet.of(Byte.toUnsignedInt(text[i]))), result);
        }
        return result;
    }

    /** Returns what matches this text in UTF-8. */
    Regex literal(String text) {
        return literal(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns what matches one of these texts, with what they begin with in common written once. */
    Regex literals(Collection<byte[]> texts) {
        return literals(new ArrayList<>(texts), 0);
    }

    private Regex literals(List<byte[]> texts, int from) {
        Map<Integer, List<byte[]>> heads = new TreeMap<>();
        boolean ends = false;
        for (byte[] text : texts) {
            if (text.length == from) {
                ends = true;
            } else {
                heads.computeIfAbsent(Byte.toUnsignedInt(text[from]), key -> new ArrayList<>())
                        .add(text);
            }
        }
        List<Regex> parts = new ArrayList<>();
        heads.forEach((head, rest) -> {
            if (rest.size() == 1) {
                byte[] text = rest.get(0);
                parts.add(literal(Arrays.copyOfRange(text, from, text.length)));
            } else {
                parts.add(concat(bytes(ByteSet.of(head)), literals(rest, from + 1)));
            }
        });
        if (ends) {
            parts.add(epsilon);
        }
        return or(parts);
    }

    Regex automaton(ByteAutomaton state) {
        return make(new Regex.Key(Kind.AUTOMATON, List.of(), ByteSet.NONE, 0, 0, state));
    }

    Regex concat(Regex... parts) {
        Regex result = epsilon;
        for (int i = parts.length - 1; i >= 0; i--) {
            result = concat(parts[i], result);
        }
        return result;
    }

    Regex concat(Regex head, Regex tail) {
        if (head == empty || tail == empty) {
            return empty;
        } else if (head == epsilon) {
            return tail;
        } else if (tail == epsilon) {
            return head;
        } else if (head.kind == Kind.CONCAT) {
            return concat(head.parts.get(0), concat(head.parts.get(1), tail));
        } else if (head.kind == Kind.REPEAT && head.max == Regex.UNBOUNDED) {
            // x{m,} x{n,...} is x{m+n,}
            Regex next = tail.kind == Kind.CONCAT ? tail.parts.get(0) : tail;
            if (next.kind == Kind.REPEAT && next.max == Regex.UNBOUNDED && next.parts.equals(head.parts)) {
                Regex both = repeat(head.parts.get(0), head.min + next.min, Regex.UNBOUNDED);
                return tail.kind == Kind.CONCAT ? concat(both, tail.parts.get(1)) : both;
            }
        }
        return make(Regex.Key.of(Kind.CONCAT, List.of(head, tail)));
    }

    Regex optional(Regex part) {
        return or(List.of(part, epsilon));
    }

    Regex star(Regex part) {
        return repeat(part, 0, Regex.UNBOUNDED);
    }

    /** Returns what matches so many times; the most may be {@link Regex#UNBOUNDED}. */
    Regex repeat(Regex part, int min, int max) {
        if (max == 0 || part == epsilon) {
            return epsilon;
        } else if (part == empty) {
            return min == 0 ? epsilon : empty;
        } else if (min == 1 && max == 1) {
            return part;
        } else if (part.kind == Kind.REPEAT && part.min == 0 && part.max == Regex.UNBOUNDED) {
            return part;
        }
        int least = part.nullable ? 0 : min;
        return make(new Regex.Key(Kind.REPEAT, List.of(part), ByteSet.NONE, least, max, null));
    }

    Regex or(Regex... parts) {
        return or(Arrays.asList(parts));
    }

    Regex or(Collection<Regex> parts) {
        Set<Regex> flat = new LinkedHashSet<>();
        ByteSet[] bytes = {ByteSet.NONE};
        parts.forEach(part -> flatten(part, Kind.OR, flat, bytes));
        if (flat.contains(all)) {
            return all;
        }
        flat.remove(empty);
        if (!bytes[0].isEmpty()) {
            flat.add(bytes(bytes[0]));
        }
        if (flat.contains(epsilon)
                && flat.size() > 1
                && flat.stream().anyMatch(part -> part.nullable && part != epsilon)) {
            flat.remove(epsilon);
        }
        List<Regex> sorted = mergeTails(flat);
        return sorted.isEmpty() ? empty : sorted.size() == 1 ? sorted.get(0) : make(Regex.Key.of(Kind.OR, sorted));
    }

    /** Writes {@code ax|bx} as {@code (a|b)x} where a and b are bytes, and orders the parts. */
    @SuppressWarnings("ReferenceEquality") // the same set is one that was not merged
    private List<Regex> mergeTails(Set<Regex> flat) {
        IdentityHashMap<Regex, ByteSet> tails = new IdentityHashMap<>();
        List<Regex> rest = new ArrayList<>();
        boolean merged = false;
        for (Regex part : flat) {
            if (part.kind == Kind.CONCAT && part.parts.get(0).kind == Kind.BYTES) {
                merged |=
                        tails.merge(part.parts.get(1), part.parts.get(0).bytes, ByteSet::or) != part.parts.get(0).bytes;
            } else {
                rest.add(part);
            }
        }
        if (merged) {
            tails.forEach((tail, heads) -> rest.add(concat(bytes(heads), tail)));
        }
        List<Regex> sorted = merged ? rest : new ArrayList<>(flat);
        sorted.sort(Comparator.comparingInt(part -> part.id));
        return sorted;
    }

    private void flatten(Regex part, Kind kind, Set<Regex> into, ByteSet[] bytes) {
        if (part.kind == kind) {
            part.parts.forEach(each -> flatten(each, kind, into, bytes));
        } else if (part.kind == Kind.BYTES && kind == Kind.OR) {
            bytes[0] = bytes[0].or(part.bytes);
        } else {
            into.add(part);
        }
    }

    Regex and(Regex... parts) {
        return and(Arrays.asList(parts));
    }

    Regex and(Collection<Regex> parts) {
        Set<Regex> flat = new LinkedHashSet<>();
        parts.forEach(part -> flatten(part, Kind.AND, flat, new ByteSet[1]));
        flat.remove(all);
        if (flat.contains(empty)) {
            return empty;
        }
        if (flat.contains(epsilon)) {
            return flat.stream().allMatch(part -> part.nullable) ? epsilon : empty;
        }
        ByteSet bytes = ByteSet.ALL;
        int sets = 0;
        for (Regex part : flat) {
            if (part.kind == Kind.BYTES) {
                bytes = bytes.and(part.bytes);
                sets++;
            }
        }
        if (sets > 1) {
            flat.removeIf(part -> part.kind == Kind.BYTES);
            flat.add(bytes(bytes));
            return and(flat);
        }
        List<Regex> sorted = new ArrayList<>(flat);
        sorted.sort(Comparator.comparingInt(part -> part.id));
        return sorted.isEmpty() ? all : sorted.size() == 1 ? sorted.get(0) : make(Regex.Key.of(Kind.AND, sorted));
    }

    Regex not(Regex part) {
        return part.kind == Kind.NOT ? part.parts.get(0) : make(Regex.Key.of(Kind.NOT, List.of(part)));
    }

    /** Returns what matches the first but not the second. */
    Regex minus(Regex first, Regex second) {
        return second == empty ? first : and(List.of(first, not(second)));
    }

    /**
     * Returns the derivative by a byte: what may follow it. {@link #empty} if nothing may.
     *
     * @throws ConstraintException if it takes too many states to tell
     */
    Regex next(Regex regex, int unsigned) {
        switch (regex.kind) {
            case EMPTY, EPSILON -> {
                return empty;
            }
            case BYTES -> {
                return regex.bytes.has(unsigned) ? epsilon : empty;
            }
            default -> {
                if (regex.kind == Kind.CONCAT && regex.parts.get(0).kind == Kind.BYTES) {
                    return regex.parts.get(0).bytes.has(unsigned) ? live(regex.parts.get(1)) : empty;
                }
                byte[] classes = classes(regex);
                @Nullable Regex[] table = Objects.requireNonNull(regex.next);
                int slot = Byte.toUnsignedInt(classes[unsigned]);
                Regex found = table[slot];
                if (found == null) {
                    found = live(derive(regex, unsigned));
                    table[slot] = found;
                }
                return found;
            }
        }
    }

    private Regex live(Regex regex) {
        return isEmpty(regex) ? empty : regex;
    }

    private Regex derive(Regex regex, int unsigned) {
        return switch (regex.kind) {
            case EMPTY, EPSILON -> empty;
            case BYTES -> regex.bytes.has(unsigned) ? epsilon : empty;
            case CONCAT -> {
                Regex head = regex.parts.get(0);
                Regex tail = regex.parts.get(1);
                Regex after = concat(step(head, unsigned), tail);
                yield head.nullable ? or(after, step(tail, unsigned)) : after;
            }
            case OR -> or(steps(regex.parts, unsigned));
            case AND -> and(steps(regex.parts, unsigned));
            case NOT -> not(step(regex.parts.get(0), unsigned));
            case REPEAT -> {
                int max = regex.max == Regex.UNBOUNDED ? regex.max : regex.max - 1;
                Regex part = regex.parts.get(0);
                yield concat(step(part, unsigned), repeat(part, Math.max(regex.min - 1, 0), max));
            }
            case AUTOMATON -> {
                ByteAutomaton after = Objects.requireNonNull(regex.automaton).next(unsigned);
                yield after == null ? empty : automaton(after);
            }
        };
    }

    /** The derivative of a part, for which no search is needed: whole expressions are searched. */
    private Regex step(Regex regex, int unsigned) {
        @Nullable Regex[] table = regex.next;
        if (table != null && regex.plain) {
            Regex found = table[Byte.toUnsignedInt(Objects.requireNonNull(regex.classes)[unsigned])];
            if (found != null) {
                return found;
            }
        }
        return derive(regex, unsigned);
    }

    private List<Regex> steps(List<Regex> parts, int unsigned) {
        List<Regex> results = new ArrayList<>(parts.size());
        for (Regex part : parts) {
            results.add(step(part, unsigned));
        }
        return results;
    }

    /** The class of each byte: bytes of one class have the same derivative. */
    private byte[] classes(Regex regex) {
        byte[] classes = regex.classes;
        if (classes == null) {
            Set<ByteSet> sets = new LinkedHashSet<>();
            first(regex, sets);
            classes = new byte[256];
            int count = 1;
            for (ByteSet set : sets) {
                count = refine(classes, count, set);
            }
            regex.classes = classes;
            regex.next = new Regex[count];
        }
        return classes;
    }

    private static int refine(byte[] classes, int count, ByteSet set) {
        int[] in = new int[count];
        boolean[] out = new boolean[count];
        Arrays.fill(in, -1);
        for (int value = 0; value < 256; value++) {
            if (!set.has(value)) {
                out[Byte.toUnsignedInt(classes[value])] = true;
            }
        }
        int next = count;
        for (int value = 0; value < 256; value++) {
            int old = Byte.toUnsignedInt(classes[value]);
            if (old < count && set.has(value) && out[old]) {
                if (in[old] < 0) {
                    in[old] = next++;
                }
                classes[value] = (byte) in[old];
            }
        }
        return next;
    }

    private static final List<ByteSet> DECIMAL = decimal();

    private static List<ByteSet> decimal() {
        List<ByteSet> sets = new ArrayList<>();
        "0123456789-+.eE".chars().forEach(value -> sets.add(ByteSet.of(value)));
        return List.copyOf(sets);
    }

    /** Collects the sets of bytes that the first byte of a match is told apart by. */
    private static void first(Regex regex, Set<ByteSet> sets) {
        switch (regex.kind) {
            case BYTES -> sets.add(regex.bytes);
            case CONCAT -> {
                first(regex.parts.get(0), sets);
                if (regex.parts.get(0).nullable) {
                    first(regex.parts.get(1), sets);
                }
            }
            case AUTOMATON -> sets.addAll(DECIMAL);
            default -> regex.parts.forEach(part -> first(part, sets));
        }
    }

    /** Returns one byte of each class of bytes that have the same derivative. */
    int[] representatives(Regex regex) {
        if (regex.kind == Kind.BYTES || regex.kind == Kind.EMPTY || regex.kind == Kind.EPSILON) {
            int first = 0;
            while (first < 256 && !regex.bytes.has(first)) {
                first++;
            }
            return first == 256 ? new int[0] : new int[] {first};
        }
        byte[] classes = classes(regex);
        int[] found = new int[Objects.requireNonNull(regex.next).length];
        for (int value = 255; value >= 0; value--) {
            found[Byte.toUnsignedInt(classes[value])] = value;
        }
        return found;
    }

    /**
     * Whether no text matches.
     *
     * @throws ConstraintException if it takes too many states to tell
     */
    boolean isEmpty(Regex regex) {
        if (regex.plain || regex.nullable) {
            return false;
        } else if (regex == empty) {
            return true;
        } else if (regex.alive == null) {
            search(regex);
        }
        return !Objects.requireNonNull(regex.alive);
    }

    /** Looks for a match, nearest first; then all that was seen on the way is known. */
    private void search(Regex start) {
        IdentityHashMap<Regex, Regex> from = new IdentityHashMap<>();
        ArrayDeque<Regex> open = new ArrayDeque<>();
        open.add(start);
        from.put(start, start);
        while (!open.isEmpty()) {
            Regex at = open.poll();
            for (int value : representatives(at)) {
                Regex to = derive(at, value);
                work++;
                if (to == empty || Boolean.FALSE.equals(to.alive) || from.containsKey(to)) {
                    continue;
                }
                from.put(to, at);
                if (to.plain || to.nullable || Boolean.TRUE.equals(to.alive)) {
                    for (Regex back = to; ; back = Objects.requireNonNull(from.get(back))) {
                        back.alive = true;
                        if (back == start) {
                            return;
                        }
                    }
                }
                open.add(to);
            }
            if (from.size() > MAX_SEARCH || work > MAX_WORK) {
                throw ConstraintException.unplaced(
                        "",
                        "the constraint combines expressions so that it takes more than "
                                + MAX_SEARCH
                                + " states to tell whether any text fits; make patterns, lengths and bounds that"
                                + " are combined smaller");
            }
        }
        from.keySet().forEach(each -> each.alive = false);
    }

    /** Whether these bytes match. */
    boolean matches(Regex regex, byte[] text) {
        Regex at = regex;
        for (byte each : text) {
            at = derive(at, Byte.toUnsignedInt(each));
            if (at == empty) {
                return false;
            }
        }
        return at.nullable;
    }

    /** Begins a call, whose searches may take so many steps together. */
    void begin() {
        work = 0;
    }

    /** Names an expression that is the same in many constraints. */
    void name(Regex regex, String name) {
        names.put(regex, name);
    }

    /** Returns the name of an expression that is the same in many constraints, or null. */
    @Nullable
    String name(Regex regex) {
        return names.get(regex);
    }

    /** Returns the expressions so far, for tests and limits. */
    int size() {
        return known.size();
    }
}
