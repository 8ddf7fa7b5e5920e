package dev.llmadapt.remote.http;

import java.time.Duration;

/**
 * A token bucket that holds one token: requests start at least a minute divided by the limit apart, whoever sends them.
 * Thread-safe.
 */
final class RateLimit {
    private final Waiting waiting;
    private final long interval; // nanoseconds; 0 for no limit
    private long next;
    private boolean used;

    /**
     * A limit.
     *
     * @param perMinute the most requests a minute; 0 for no limit
     */
    RateLimit(double perMinute, Waiting waiting) {
        this.waiting = waiting;
        this.interval = perMinute == 0 ? 0 : (long) (60e9 / perMinute);
    }

    /**
     * Waits until the next request may start.
     *
     * @param most the most nanoseconds
     * @throws OutOfTime if it would take longer
     */
    void await(long most) throws InterruptedException {
        if (interval == 0) {
            return;
        }
        long wait = reserve(most);
        if (wait > 0) {
            waiting.sleep(Duration.ofNanos(wait));
        }
    }

    private synchronized long reserve(long most) throws OutOfTime {
        long now = waiting.nanos();
        long at = used && next - now > 0 ? next : now;
        if (at - now > most) {
            throw new OutOfTime();
        }
        used = true;
        next = at + interval;
        return at - now;
    }
}
