package dev.llmadapt.pilot.rows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is open once in a process for all that need it, such as models for the tasks of an executor: opened by the first
 * that asks for it, and closed when none has needed it for a while. Made once, for a static field. Thread-safe.
 *
 * @param <K> tells those apart that are not shared; compared by {@code equals}
 * @param <T> what is open
 */
public final class Leases<K, T> {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final String name;
    private final Consumer<? super T> closing;
    private final Map<K, Shared<T>> shared = new HashMap<>(); // guarded by itself
    private @Nullable ScheduledExecutorService clock; // guarded by shared

    /**
     * None yet.
     *
     * @param name of the thread that closes what nobody needs; there is none as long as nothing stays open for longer
     * @param closing closes what was open
     */
    public Leases(String name, Consumer<? super T> closing) {
        this.name = name;
        this.closing = closing;
    }

    /**
     * What is shared under a key. The number of leases, and how many times it fell to none, are guarded by the table.
     */
    private static final class Shared<T> {
        int leases;
        long ended;

        @Nullable
        T open; // guarded by this
    }

    /** The right to use what is shared, for the time of a task. */
    public final class Lease implements AutoCloseable {
        private final K key;
        private final Shared<T> of;
        private final Supplier<? extends T> opening;
        private final Duration keepOpen;
        private boolean closed; // guarded by the table

        private Lease(K key, Shared<T> of, Supplier<? extends T> opening, Duration keepOpen) {
            this.key = key;
            this.of = of;
            this.opening = opening;
            this.keepOpen = keepOpen;
        }

        /** What is shared: opened by the first that asks, and the others wait for it. Do not close it. */
        public T get() {
            synchronized (of) {
                T open = of.open;
                if (open == null) {
                    long start = System.nanoTime();
                    open = opening.get();
                    of.open = open;
                    LOG.info("opened a model in {} ms", (System.nanoTime() - start) / 1_000_000);
                }
                return open;
            }
        }

        /**
         * Gives it back; what nobody needs any more is closed, at once or after a while. A second call has no effect.
         */
        @Override
        public void close() {
            synchronized (shared) {
                if (closed) {
                    return;
                }
                closed = true;
                if (--of.leases > 0) {
                    return;
                }
                long ended = ++of.ended;
                if (!keepOpen.isZero()) {
                    var unused = clock().schedule(
                                    () -> closeIdle(key, of, ended), keepOpen.toMillis(), TimeUnit.MILLISECONDS);
                    return;
                }
                shared.remove(key, of);
            }
            closeShared(of);
        }
    }

    /**
     * A lease of what is shared under a key.
     *
     * @param opening opens it, in the thread that first asks for it
     * @param keepOpen how long it stays open when nobody needs it; zero closes it with the last lease
     */
    public Lease lease(K key, Supplier<? extends T> opening, Duration keepOpen) {
        synchronized (shared) {
            Shared<T> of = shared.computeIfAbsent(key, each -> new Shared<>());
            of.leases++;
            return new Lease(key, of, opening, keepOpen);
        }
    }

    /** How many are in use, or stay open for a while. */
    public int count() {
        synchronized (shared) {
            return shared.size();
        }
    }

    private ScheduledExecutorService clock() {
        ScheduledExecutorService running = clock;
        if (running == null) {
            ScheduledThreadPoolExecutor made = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task, "llm-adapt-" + name);
                thread.setDaemon(true);
                return thread;
            });
            made.setRemoveOnCancelPolicy(true);
            Runtime.getRuntime().addShutdownHook(new Thread(this::closeAll));
            running = made;
            clock = made;
        }
        return running;
    }

    private void closeIdle(K key, Shared<T> of, long ended) {
        synchronized (shared) {
            if (of.leases > 0 || of.ended != ended) {
                return;
            }
            shared.remove(key, of);
        }
        closeShared(of);
    }

    private void closeAll() {
        List<Shared<T>> all;
        synchronized (shared) {
            all = new ArrayList<>(shared.values());
            shared.clear();
        }
        all.forEach(this::closeShared);
    }

    private void closeShared(Shared<T> of) {
        synchronized (of) {
            T open = of.open;
            of.open = null;
            if (open != null) {
                closing.accept(open);
            }
        }
    }
}
