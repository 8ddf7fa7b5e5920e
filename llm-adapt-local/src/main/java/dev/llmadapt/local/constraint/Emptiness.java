package dev.llmadapt.local.constraint;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Objects;

/** Whether some text matches an expression: a search through its derivatives, remembered. Not thread-safe. */
final class Emptiness {
    /** The most states that are looked at to find out whether one leads anywhere. */
    private static final int MAX_SEARCH = 40_000;
    /** The most expressions that searches may derive together when a constraint is compiled: a second or two. */
    private static final long MAX_COMPILING = 10_000_000;
    /**
     * The most that they may derive together for a mask or a token: more, since an answer that has begun would fail.
     */
    private static final long MAX_STEP = 40_000_000;

    private final Regexes regexes;
    private final Derivatives derivatives;
    private long most = MAX_COMPILING; // derivations when this call has to end

    Emptiness(Regexes regexes, Derivatives derivatives) {
        this.regexes = regexes;
        this.derivatives = derivatives;
    }

    /** Begins the work for a mask or a token. */
    void begin() {
        most = derivatives.steps() + MAX_STEP;
    }

    /**
     * Whether no text matches.
     *
     * @throws ConstraintException if it takes too many states to tell
     */
    boolean isEmpty(Regex regex) {
        if (regex.plain || regex.nullable) {
            return false;
        } else if (regex == regexes.empty) {
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
            for (int value : ByteClasses.representatives(at)) {
                Regex to = derivatives.derive(at, value);
                if (to == regexes.empty || Boolean.FALSE.equals(to.alive) || from.containsKey(to)) {
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
            if (from.size() > MAX_SEARCH || derivatives.steps() > most) {
                throw ConstraintException.unplaced(
                        "",
                        "the constraint combines expressions so that it takes too long to tell whether any text fits;"
                                + " make patterns, lengths and bounds that are combined smaller");
            }
        }
        from.keySet().forEach(each -> each.alive = false);
    }
}
