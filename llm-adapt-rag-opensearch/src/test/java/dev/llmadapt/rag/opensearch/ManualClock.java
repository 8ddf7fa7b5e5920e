package dev.llmadapt.rag.opensearch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes when someone sleeps, and at no other time. */
final class ManualClock implements ClusterClient.Clock {
    private final AtomicLong now = new AtomicLong(1_000_000_000_000L);
    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public void sleep(Duration duration) {
        sleeps.add(duration);
        now.addAndGet(duration.toNanos());
    }

    List<Duration> sleeps() {
        return sleeps;
    }
}
