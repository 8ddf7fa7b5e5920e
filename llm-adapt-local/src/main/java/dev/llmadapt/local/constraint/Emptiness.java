package dev.llmadapt.local.constraint;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Objects;

/** Whether some text matches an expression: a search through its derivatives, remembered. Not thread-safe. */
final class Emptiness {
    /** The most states that are looked at to find out whether one leads anywhere. */
    private static final int MAX_SEARCH = 40_000;
    /** The most expressions that searches may derive together in one call, so that it ends soon. */
    private static final long MAX_STEPS = Long.getLong("maxsteps", 4_000_000);

    private final Regexes regexes;
    private final Derivatives derivatives;
    private long begun; // the steps before this call

    Emptiness(Regexes regexes, Derivatives derivatives) {
        this.regexes = regexes;
        this.derivatives = derivatives;
    }

    /** Begins a call, whose searches may take so many steps together. */
    void begin() {
        begun = derivatives.steps();
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
            if (from.size() > MAX_SEARCH || derivatives.steps() - begun > MAX_STEPS) {
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
}
