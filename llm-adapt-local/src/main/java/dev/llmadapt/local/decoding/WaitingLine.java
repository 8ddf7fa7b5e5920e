package dev.llmadapt.local.decoding;

import dev.llmadapt.OverloadedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a row, and which of them is next: of the highest priority; of those, of the caller with
 * the fewest rows; of those, of the caller whose last one began longest ago; of those, the oldest. Not thread-safe.
 */
final class WaitingLine {
    /** The most callers whose turns are remembered: beyond, those of the one that began longest ago are forgotten. */
    private static final int CALLERS = 10_000;

    private final Admission admission;
    private final List<Waiting> waiting = new ArrayList<>(); // in the order in which they came
    private final Map<String, Integer> rows = new HashMap<>(); // that callers have
    private final Map<String, Long> turns = new LinkedHashMap<>(); // the number of each caller's last begin, ascending
    private long begun;

    WaitingLine(Admission admission) {
        this.admission = admission;
    }

    /**
     * Puts a request at the end.
     *
     * @throws OverloadedException if as many wait as may; those for which there is a row do not count
     */
    void add(Waiting request) {
        int free = Math.max(0, admission.together() - held());
        if (admission.waiting() > 0 && waiting.size() >= (long) admission.waiting() + free) {
            throw new OverloadedException("the model answers " + (held() + free) + " requests and "
                    + (waiting.size() - free) + " wait, which is as many as may; ask again later, or open it with"
                    + " ModelOptions.withMaxWaiting");
        }
        waiting.add(request);
    }

    /** How many wait. */
    int size() {
        return waiting.size();
    }

    /** How many have a row. */
    int held() {
        return rows.values().stream().mapToInt(count -> count).sum();
    }

    /** Returns the request that is to begin next; null if none may. */
    @Nullable
    Waiting next() {
        Waiting next = null;
        Comparator<Waiting> order = order();
        for (Waiting each : waiting) {
            if (mayBegin(each) && (next == null || order.compare(each, next) < 0)) {
                next = each;
            }
        }
        return next;
    }

    private boolean mayBegin(Waiting request) {
        return admission.perCaller() == 0 || rowsOf(request) < admission.perCaller();
    }

    private Comparator<Waiting> order() {
        return Comparator.<Waiting>comparingInt(
                        each -> -each.time().scheduling().priority())
                .thenComparingInt(this::rowsOf)
                .thenComparingLong(each -> turns.getOrDefault(caller(each), 0L));
    }

    private int rowsOf(Waiting request) {
        return rows.getOrDefault(caller(request), 0);
    }

    private static String caller(Waiting request) {
        return request.time().scheduling().caller();
    }

    /** Takes a request out, which has a row now. */
    void begin(Waiting request) {
        remove(request);
        request.time().trace().begun();
        String caller = caller(request);
        rows.merge(caller, 1, Integer::sum);
        turns.remove(caller);
        turns.put(caller, ++begun);
        if (turns.size() > CALLERS) {
            turns.remove(turns.keySet().iterator().next());
        }
    }

    /** Takes a request out, if it is there. */
    void remove(Waiting request) {
        waiting.remove(request);
    }

    /** Says that a request gave its row back. */
    void end(Waiting request) {
        rows.computeIfPresent(caller(request), (caller, count) -> count == 1 ? null : count - 1);
    }
}
