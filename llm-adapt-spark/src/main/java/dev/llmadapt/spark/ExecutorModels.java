package dev.llmadapt.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this executor, one for each {@link RowAnswers}: opened by the first task that needs it, shared by those
 * that run at once, and closed when none has needed it for a while. Thread-safe.
 */
final class ExecutorModels {
    private static final Logger LOG = LoggerFactory.getLogger(ExecutorModels.class);
    private static final Map<String, Shared> SHARED = new HashMap<>(); // guarded by itself
    private static final ScheduledExecutorService CLOCK = clock();

    private ExecutorModels() {}

    private static ScheduledExecutorService clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-adapt-spark-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorModels::closeAll));
        return clock;
    }

    /** A model that tasks share. What is not final is guarded by this, except that {@code leases} is by the table. */
    private static final class Shared {
        final PartitionMemory memory = new PartitionMemory();
        int leases;
        long ended; // how often the last lease has ended

        @Nullable
        Answerer answerer;
    }

    /** A model for the time of one task. */
    static final class Lease implements AutoCloseable {
        private final String key;
        private final Shared shared;
        private final Duration keepOpen;
        private boolean closed;

        private Lease(String key, Shared shared, Duration keepOpen) {
            this.key = key;
            this.shared = shared;
            this.keepOpen = keepOpen;
        }

        /** The model, which is opened by the first that asks; the others wait for it. */
        Answerer answerer(Supplier<Answerer> opening) {
            synchronized (shared) {
                Answerer open = shared.answerer;
                if (open == null) {
                    long start = System.nanoTime();
                    open = opening.get();
                    shared.answerer = open;
                    LOG.info("opened a model in {} ms", (System.nanoTime() - start) / 1_000_000);
                }
                return open;
            }
        }

        /** What earlier attempts at a task have answered. */
        PartitionMemory memory() {
            return shared.memory;
        }

        /** Gives the model back; a second call has no effect. */
        @Override
        public void close() {
            synchronized (SHARED) {
                if (closed) {
                    return;
                }
                closed = true;
                if (--shared.leases == 0) {
                    long ended = ++shared.ended;
                    var unused = CLOCK.schedule(
                            () -> closeIdle(key, shared, ended), keepOpen.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    /**
     * A lease of the model of a key.
     *
     * @param keepOpen how long it stays open when no task needs it
     */
    static Lease lease(String key, Duration keepOpen) {
        synchronized (SHARED) {
            Shared shared = SHARED.computeIfAbsent(key, each -> new Shared());
            shared.leases++;
            return new Lease(key, shared, keepOpen);
        }
    }

    /** The number of models that are in use, or were a moment ago. */
    static int count() {
        synchronized (SHARED) {
            return SHARED.size();
        }
    }

    private static void closeIdle(String key, Shared shared, long ended) {
        synchronized (SHARED) {
            if (shared.leases > 0 || shared.ended != ended) {
                return;
            }
            SHARED.remove(key, shared);
        }
        close(shared);
    }

    private static void closeAll() {
        List<Shared> all;
        synchronized (SHARED) {
            all = new ArrayList<>(SHARED.values());
            SHARED.clear();
        }
        all.forEach(ExecutorModels::close);
    }

    private static void close(Shared shared) {
        synchronized (shared) {
            Answerer open = shared.answerer;
            shared.answerer = null;
            if (open != null) {
                open.model().close();
            }
        }
    }
}
