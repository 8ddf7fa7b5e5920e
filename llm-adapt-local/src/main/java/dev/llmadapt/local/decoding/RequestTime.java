package dev.llmadapt.local.decoding;

import dev.llmadapt.Scheduling;

/**
 * The scheduling of a request that has come, and when its time is over.
 *
 * @param end as {@link System#nanoTime()} counts; of no meaning without a time limit
 */
record RequestTime(Scheduling scheduling, long end) {
    /** Of a request without scheduling. */
    static final RequestTime UNLIMITED = new RequestTime(Scheduling.NONE, 0);

    /** Of a request that comes now. */
    static RequestTime from(Scheduling scheduling) {
        return new RequestTime(scheduling, System.nanoTime() + nanos(scheduling));
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
