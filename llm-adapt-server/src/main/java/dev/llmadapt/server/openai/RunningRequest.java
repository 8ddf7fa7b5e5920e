package dev.llmadapt.server.openai;

import dev.llmadapt.server.http.HttpFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request under way, which can be stopped from outside: its threads are interrupted, but not while they send, since
 * an interrupt there would close the connection before the client is told anything. Thread-safe.
 */
final class RunningRequest {
    private final long startNanos = System.nanoTime();
    private final Map<Thread, Boolean> threads = new HashMap<>(); // guarded by this: whether it is sending
    private @Nullable HttpFailure reason; // guarded by this
    private boolean coldAdapter; // guarded by this

    /** When the request came, in the time of {@link System#nanoTime()}. */
    long startNanos() {
        return startNanos;
    }

    /** Notes that an adapter was loaded for this request. */
    synchronized void noteColdAdapter() {
        coldAdapter = true;
    }

    /** Whether an adapter was loaded for this request. */
    synchronized boolean hadColdAdapter() {
        return coldAdapter;
    }

    /** Takes the current thread for this request; it is interrupted at once if the request was stopped. */
    synchronized void enter() {
        threads.put(Thread.currentThread(), false);
        if (reason != null) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the current thread back, without an interrupt that came from here. */
    synchronized void leave() {
        threads.remove(Thread.currentThread());
        if (reason != null) {
            Thread.interrupted();
        }
    }

    /** Sends something on the current thread; an interrupt takes effect afterwards. */
    void send(Runnable sending) {
        boolean interrupted;
        synchronized (this) {
            threads.put(Thread.currentThread(), true);
            interrupted = Thread.interrupted(); // from here on, stop() leaves this thread alone
        }
        try {
            sending.run();
        } finally {
            synchronized (this) {
                threads.put(Thread.currentThread(), false);
                if (interrupted || reason != null) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Stops this request; what the client is told is the first reason. */
    synchronized void stop(HttpFailure why) {
        if (reason == null) {
            reason = why;
            threads.forEach((thread, sending) -> {
                if (!sending) {
                    thread.interrupt();
                }
            });
        }
    }

    /** Interrupts the threads also while they send: the client does not read. */
    synchronized void force() {
        threads.keySet().forEach(Thread::interrupt);
    }

    /** Why this request was stopped; empty if it was not. */
    synchronized Optional<HttpFailure> stopped() {
        return Optional.ofNullable(reason);
    }
}
