package dev.llmadapt.remote;

import dev.llmadapt.remote.http.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that moves only when somebody sleeps, which takes no time. */
public final class ManualWaiting implements Waiting {
    private final List<Duration> slept = new CopyOnWriteArrayList<>();
    private long nanos;

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-11-30T10:00:00Z");
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        slept.add(duration);
        synchronized (this) {
            nanos += duration.toNanos();
        }
    }

    @Override
    public double chance() {
        return 0.5;
    }

    public List<Duration> slept() {
        return List.copyOf(slept);
    }
}
