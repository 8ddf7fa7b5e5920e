package dev.llmadapt.remote.http;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The clock, the sleep and the chance that waiting needs, so that tests need not wait. */
public interface Waiting {
    /** The machine's. */
    Waiting SYSTEM = new Waiting() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }

        @Override
        public double chance() {
            return ThreadLocalRandom.current().nextDouble();
        }
    };

    /** Nanoseconds since some moment. */
    long nanos();

    /** The time of day. */
    Instant now();

    /** Sleeps; a thread that is interrupted stops at once. */
    void sleep(Duration duration) throws InterruptedException;

    /** A number in [0, 1). */
    double chance();
}
