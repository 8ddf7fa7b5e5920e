package dev.llmadapt.rag.index;

import dev.llmadapt.LlmAdaptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch that keeps an index equal to a source, on a thread of its own; {@link Indexing#watch} starts it. Thread-safe.
 */
public final class SourceWatcher implements AutoCloseable {
    private final Supplier<Indexing.Report> sync;
    private final @Nullable FolderEvents events;
    private final Duration interval;
    private final Listener listener;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    SourceWatcher(Supplier<Indexing.Report> sync, @Nullable Path folder, Duration interval, Listener listener) {
        if (interval.compareTo(Duration.ofMillis(10)) < 0) {
            throw new IllegalArgumentException("interval must be at least 10 ms, interval: " + interval);
        }
        this.sync = sync;
        this.interval = interval;
        this.listener = listener;
        this.events = folder == null ? null : FolderEvents.open(folder).orElse(null);
        this.thread = new Thread(this::run, "llm-adapt-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether the file system reports changes; if not, only the interval counts. */
    public boolean isEventDriven() {
        return events != null;
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                Indexing.Report report;
                try {
                    report = sync.get();
                } catch (LlmAdaptException e) {
                    listener.failed(e); // the source is away: it may come back
                    report = null;
                }
                if (report != null) {
                    listener.synced(report);
                }
                if (events == null) {
                    if (closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                } else {
                    events.await(interval);
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Ends the watch after a sync that is under way. A second call has no effect. */
    @Override
    public void close() {
        closing.countDown();
        if (events != null) {
            events.close();
        }
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A listener to the syncs of a watch. */
    public interface Listener {
        /** Hears that the index is equal to the source. */
        void synced(Indexing.Report report);

        /** Hears that the source, the embedder or the index failed as a whole; the watch tries again. */
        void failed(LlmAdaptException problem);
    }
}
