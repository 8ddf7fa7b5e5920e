package dev.llmadapt.local.constraint;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression over bytes, with intersection and complement: a state of the automaton that its derivatives are
 * (Brzozowski 1964; Owens, Reppy and Turon 2009). Made by {@link Regexes}, where equal ones are the same object.
 */
final class Regex {
    /** The kinds of expressions. */
    enum Kind {
        /** Matches nothing. */
        EMPTY,
        /** Matches the empty text. */
        EPSILON,
        BYTES,
        CONCAT,
        OR,
        AND,
        NOT,
        REPEAT,
        AUTOMATON
    }

    /** No upper bound of a repetition. */
    static final int UNBOUNDED = Integer.MAX_VALUE;

    final int id;
    final Kind kind;
    final List<Regex> parts;
    final ByteSet bytes;
    final int min;
    final int max;
    final @Nullable ByteAutomaton automaton;
    /** Whether the empty text matches. */
    final boolean nullable;
    /** Whether it is certain that some text matches, because there is neither AND nor NOT nor an automaton in it. */
    final boolean plain;

    // What Regexes remembers of it.
    @Nullable
    Boolean alive;

    byte @Nullable [] classes;

    @Nullable
    Regex @Nullable [] next;

    @Nullable
    PlainRun run;

    private @Nullable ByteSet first;

    Regex(int id, Key key) {
        this.id = id;
        this.kind = key.kind;
        this.parts = key.parts;
        this.bytes = key.bytes;
        this.min = key.min;
        this.max = key.max;
        this.automaton = key.automaton;
        this.nullable = switch (kind) {
            case EMPTY, BYTES -> false;
            case EPSILON -> true;
            case CONCAT, AND -> parts.stream().allMatch(part -> part.nullable);
            case OR -> parts.stream().anyMatch(part -> part.nullable);
            case NOT -> !parts.get(0).nullable;
            case REPEAT -> min == 0 || parts.get(0).nullable;
            case AUTOMATON -> Objects.requireNonNull(automaton).accepts();
        };
        this.plain = kind != Kind.AND
                && kind != Kind.NOT
                && kind != Kind.AUTOMATON
                && kind != Kind.EMPTY
                && parts.stream().allMatch(part -> part.plain);
    }

    /** The bytes that a match may begin with, at most. */
    ByteSet first() {
        ByteSet found = first;
        if (found == null) {
            found = switch (kind) {
                case EMPTY, EPSILON -> ByteSet.NONE;
                case BYTES -> bytes;
                case NOT, AUTOMATON -> ByteSet.ALL;
                case CONCAT ->
                    parts.get(0).nullable
                            ? parts.get(0).first().or(parts.get(1).first())
                            : parts.get(0).first();
                case REPEAT -> parts.get(0).first();
                case AND, OR -> {
                    ByteSet all = kind == Kind.AND ? ByteSet.ALL : ByteSet.NONE;
                    for (Regex part : parts) {
                        all = kind == Kind.AND ? all.and(part.first()) : all.or(part.first());
                    }
                    yield all;
                }
            };
            first = found;
        }
        return found;
    }

    /** What makes two expressions the same. */
    record Key(
            Kind kind,
            List<Regex> parts,
            ByteSet bytes,
            int min,
            int max,
            @Nullable ByteAutomaton automaton) {
        static Key of(Kind kind, List<Regex> parts) {
            return new Key(kind, parts, ByteSet.NONE, 0, 0, null);
        }
    }

    @Override
    public String toString() {
        return switch (kind) {
            case EMPTY -> "∅";
            case EPSILON -> "ε";
            case BYTES -> bytes.toString();
            case REPEAT -> parts.get(0) + "{" + min + "," + (max == UNBOUNDED ? "" : max) + "}";
            case AUTOMATON -> String.valueOf(automaton);
            default -> kind + parts.toString();
        };
    }
}
