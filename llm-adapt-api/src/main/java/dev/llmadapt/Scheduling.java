package dev.llmadapt;

import java.time.Duration;
import java.util.Objects;

/**
 * What a service says of a request beside the question: who asks, how urgent it is, and how long it may take. It
 * changes when an answer begins and whether it is cut off, nothing else. A model that runs in this process heeds all of
 * it, and so do the layers over it; a model that answers at once has no use for it.
 *
 * @param caller who asks, such as a user, a team or an adapter: where requests wait, the next to begin is one of the
 *     caller who has the fewest under way, then of the one who waits longest for a turn, so that none keeps the others
 *     waiting. Empty for those that nobody tells apart, who count as one
 * @param priority requests of a higher one begin before those of a lower one, whoever asks; 0 where nothing is said
 * @param timeLimit how long an answer may take, from the call on, with the time that it waits: past it, the answer ends
 *     within a token, as if its thread were interrupted, with what was written so far; zero for no limit. Each call of
 *     a model counts for itself where a layer makes several
 */
public record Scheduling(String caller, int priority, Duration timeLimit) {
    /** Nobody in particular, no urgency, no limit. */
    public static final Scheduling NONE = new Scheduling("", 0, Duration.ZERO);

    /** Refuses null and a negative time limit. */
    public Scheduling {
        Objects.requireNonNull(caller, "caller must not be null, empty for nobody in particular");
        if (timeLimit.isNegative()) {
            throw new IllegalArgumentException("timeLimit must be positive, or zero for none, timeLimit: " + timeLimit);
        }
    }

    /** This with another caller. */
    public Scheduling withCaller(String caller) {
        return new Scheduling(caller, priority, timeLimit);
    }

    /** This with another priority. */
    public Scheduling withPriority(int priority) {
        return new Scheduling(caller, priority, timeLimit);
    }

    /** This with another time limit. */
    public Scheduling withTimeLimit(Duration timeLimit) {
        return new Scheduling(caller, priority, timeLimit);
    }
}
