package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Regex.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The regular expressions of one constraint: builds them in a normal form, so that equal ones are the same object.
 * Their {@link Derivatives} are the states of a deterministic automaton, built as far as it is walked. Holds at most
 * {@link #MAX_EXPRESSIONS}. Not thread-safe.
 */
final class Regexes {
    /** The most expressions, states of automata among them. */
    static final int MAX_EXPRESSIONS = 400_000;

    private final Map<Regex.Key, Regex> known = new HashMap<>();
    private final IdentityHashMap<Regex, String> names = new IdentityHashMap<>();
    private final Derivatives derivatives = new Derivatives(this);
    private final Emptiness emptiness = new Emptiness(this, derivatives);

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
        return derivatives.next(regex, unsigned);
    }

    /**
     * Whether no text matches.
     *
     * @throws ConstraintException if it takes too many states to tell
     */
    boolean isEmpty(Regex regex) {
        return emptiness.isEmpty(regex);
    }

    /** Whether these bytes match. */
    boolean matches(Regex regex, byte[] text) {
        Regex at = regex;
        for (byte each : text) {
            at = derivatives.derive(at, Byte.toUnsignedInt(each));
            if (at == empty) {
                return false;
            }
        }
        return at.nullable;
    }

    /** Begins the work for a mask or a token, which is bounded. */
    void begin() {
        emptiness.begin();
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
