package dev.llmadapt.server.http;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The number of requests that are answered at a time, and the queue of those that wait. Callers take turns: when a
 * place becomes free, the one of them that was served longest ago gets it. A caller never holds the whole queue.
 * Thread-safe.
 */
public final class Admission {
    private final int places;
    private final int queueLength;
    private final int share;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ArrayDeque<Ticket>> queues = new LinkedHashMap<>(); // guarded by lock, next caller first
    private final LongAdder rejected = new LongAdder();
    private int taken; // guarded by lock
    private int waiting; // guarded by lock

    /**
     * An admission.
     *
     * @param places how many requests are answered at a time, at least 1
     * @param queueLength how many may wait, at least 0; a caller may hold three quarters of them, at least 1
     */
    public Admission(int places, int queueLength) {
        this.places = places;
        this.queueLength = queueLength;
        this.share = Math.max(1, queueLength - Math.max(1, queueLength / 4));
    }

    private static final class Ticket {
        private final Condition condition;
        private boolean granted;

        Ticket(Condition condition) {
            this.condition = condition;
        }
    }

    /** A place, which is given back by closing it. */
    public final class Place implements AutoCloseable {
        private boolean closed;

        private Place() {}

        /** Gives the place back; a second call has no effect. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    taken--;
                    grant();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Takes a place, after waiting for one.
     *
     * @param caller who asks
     * @throws HttpFailure 429 if the queue, or the caller's share of it, is full
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Place enter(String caller) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (taken < places && waiting == 0) {
                taken++;
                return new Place();
            }
            ArrayDeque<Ticket> own = queues.getOrDefault(caller, new ArrayDeque<>());
            if (waiting >= queueLength) {
                throw full("the server answers " + taken + " requests and " + waiting
                        + " wait, which is as many as it takes; try again later");
            } else if (own.size() >= share) {
                throw full(own.size() + " requests of yours wait, which is your share of the queue; try again later");
            }
            Ticket ticket = new Ticket(lock.newCondition());
            own.add(ticket);
            queues.put(caller, own);
            waiting++;
            return await(ticket, caller);
        } finally {
            lock.unlock();
        }
    }

    private HttpFailure full(String message) {
        rejected.increment();
        return HttpFailure.of(429, "queue_full", message).withHeader("retry-after", "1");
    }

    private Place await(Ticket ticket, String caller) throws InterruptedException {
        try {
            while (!ticket.granted) {
                ticket.condition.await();
            }
            return new Place();
        } catch (InterruptedException e) {
            if (ticket.granted) {
                new Place().close();
            } else {
                waiting--;
                ArrayDeque<Ticket> own = queues.getOrDefault(caller, new ArrayDeque<>());
                own.remove(ticket);
                if (own.isEmpty()) {
                    queues.remove(caller);
                }
            }
            throw e;
        }
    }

    /** Gives free places to those who wait, one caller after the other. */
    private void grant() {
        while (taken < places && waiting > 0) {
            Iterator<Map.Entry<String, ArrayDeque<Ticket>>> callers =
                    queues.entrySet().iterator();
            Map.Entry<String, ArrayDeque<Ticket>> next = callers.next();
            String caller = next.getKey();
            ArrayDeque<Ticket> own = next.getValue();
            callers.remove();
            Ticket ticket = own.remove();
            if (!own.isEmpty()) {
                queues.put(caller, own); // behind the others
            }
            waiting--;
            taken++;
            ticket.granted = true;
            ticket.condition.signal();
        }
    }

    /** How many requests are answered now. */
    public int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** How many requests wait now. */
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** How many requests were refused so far. */
    public long rejected() {
        return rejected.sum();
    }
}
