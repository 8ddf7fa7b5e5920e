package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Regex.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The derivatives of regular expressions by bytes (Brzozowski, Derivatives of Regular Expressions, 1964), kept in a
 * table for each expression, by {@link ByteClasses}. Not thread-safe.
 */
final class Derivatives {
    private final Regexes regexes;
    private long steps;

    Derivatives(Regexes regexes) {
        this.regexes = regexes;
    }

    /**
     * Returns the derivative by a byte: what may follow it. {@link Regexes#empty} if nothing may.
     *
     * @throws ConstraintException if it takes too many states to tell
     */
    Regex next(Regex regex, int unsigned) {
        switch (regex.kind) {
            case EMPTY, EPSILON -> {
                return regexes.empty;
            }
            case BYTES -> {
                return regex.bytes.has(unsigned) ? regexes.epsilon : regexes.empty;
            }
            default -> {
                if (regex.kind == Kind.CONCAT && regex.parts.get(0).kind == Kind.BYTES) {
                    return regex.parts.get(0).bytes.has(unsigned) ? live(regex.parts.get(1)) : regexes.empty;
                }
                byte[] classes = ByteClasses.of(regex);
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
        return regexes.isEmpty(regex) ? regexes.empty : regex;
    }

    /** How many expressions were derived so far, those within others counted too: what the work is measured by. */
    long steps() {
        return steps;
    }

    /** The derivative by a byte, which may be an expression that no text matches. */
    Regex derive(Regex regex, int unsigned) {
        steps++;
        return switch (regex.kind) {
            case EMPTY, EPSILON -> regexes.empty;
            case BYTES -> regex.bytes.has(unsigned) ? regexes.epsilon : regexes.empty;
            case CONCAT -> {
                Regex head = regex.parts.get(0);
                Regex tail = regex.parts.get(1);
                Regex after = regexes.concat(step(head, unsigned), tail);
                yield head.nullable ? regexes.or(after, step(tail, unsigned)) : after;
            }
            case OR -> regexes.or(steps(regex.parts, unsigned));
            case AND -> regexes.and(steps(regex.parts, unsigned));
            case NOT -> regexes.not(step(regex.parts.get(0), unsigned));
            case REPEAT -> {
                int max = regex.max == Regex.UNBOUNDED ? regex.max : regex.max - 1;
                Regex part = regex.parts.get(0);
                yield regexes.concat(step(part, unsigned), regexes.repeat(part, Math.max(regex.min - 1, 0), max));
            }
            case AUTOMATON -> {
                ByteAutomaton after = Objects.requireNonNull(regex.automaton).next(unsigned);
                yield after == null ? regexes.empty : regexes.automaton(after);
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
}
