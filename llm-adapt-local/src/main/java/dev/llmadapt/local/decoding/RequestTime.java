package dev.llmadapt.local.decoding;

import dev.llmadapt.Scheduling;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.observation.RequestTrace;

/**
 * The scheduling of a request that has come, when its time is over, and who hears of its course.
 *
 * @param end as {@link System#nanoTime()} counts; of no meaning without a time limit
 * @param trace hears of its course
 */
record RequestTime(Scheduling scheduling, long end, RequestTrace trace) {
    /** Of a request without scheduling. */
    static final RequestTime UNLIMITED = new RequestTime(Scheduling.NONE, 0, RequestTrace.NONE);

    /** Of a request that comes now and that nobody hears of. */
    static RequestTime from(Scheduling scheduling) {
        return from(scheduling, RequestTrace.NONE);
    }

    /** Of a request that comes now. */
    static RequestTime from(Scheduling scheduling, RequestTrace trace) {
        return new RequestTime(scheduling, System.nanoTime() + nanos(scheduling), trace);
    }

    /** Says that the request is about to wait for its turn. */
    void queued(AdapterMix mix) {
        trace.queued(mix.adapters().stream().map(PreparedAdapter::name).toList());
    }

    private static long nanos(Scheduling scheduling) {
        // a century is no limit, and more overflows
        return scheduling.timeLimit().toDays() > 36_500
                ? Long.MAX_VALUE / 4
                : scheduling.timeLimit().toNanos();
    }

    /** Whether there is a limit. */
    boolean limited() {
        return !scheduling.timeLimit().isZero();
    }

    /** The nanoseconds that are left of a limited time, at most 0 where it is over. */
    long left() {
        return end - System.nanoTime();
    }

    /** Whether there is a limit and it is over. */
    boolean over() {
        return limited() && left() <= 0;
    }
}
