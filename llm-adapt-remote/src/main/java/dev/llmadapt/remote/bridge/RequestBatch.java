package dev.llmadapt.remote.bridge;

import dev.llmadapt.Generation;
import dev.llmadapt.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * Several requests at once, with as many threads as may ask at once. If the thread that waits is interrupted, so are
 * they, and what is not answered yet is answered interrupted. For one thread, once.
 */
public final class RequestBatch {
    private final List<Request> requests;
    private final Function<Request, Generation> model;
    private final AtomicReferenceArray<Object> answers; // answers and failures, by row
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch running;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean interrupted;
    private volatile boolean failed;

    /**
     * A batch.
     *
     * @param threads the most requests at once
     * @param model answers one request, and interrupted ones as a model does
     */
    public RequestBatch(List<Request> requests, int threads, Function<Request, Generation> model) {
        this.requests = requests;
        this.model = model;
        this.answers = new AtomicReferenceArray<>(requests.size());
        int count = Math.min(threads, requests.size());
        this.running = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::work, "llm-adapt batch " + i);
            thread.setDaemon(true);
            this.threads.add(thread);
        }
    }

    /** Answers all, in their order; the first failure ends the others and is thrown. */
    public List<Generation> run() {
        interrupted = Thread.currentThread().isInterrupted();
        threads.forEach(Thread::start);
        boolean woken = false;
        while (running.getCount() > 0) {
            try {
                running.await();
            } catch (InterruptedException e) {
                woken = true;
                interrupted = true;
                threads.forEach(Thread::interrupt);
            }
        }
        if (woken) {
            Thread.currentThread().interrupt();
        }
        Generation[] all = new Generation[requests.size()];
        for (int row = 0; row < all.length; row++) {
            if (answers.get(row) instanceof RuntimeException e) {
                throw e;
            } else if (answers.get(row) instanceof Error e) {
                throw e;
            }
        }
        for (int row = 0; row < all.length; row++) {
            all[row] = (Generation) answers.get(row);
        }
        return List.copyOf(Arrays.asList(all));
    }

    private void work() {
        try {
            for (int row = next.getAndIncrement(); row < requests.size() && !failed; row = next.getAndIncrement()) {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                try {
                    answers.set(row, model.apply(requests.get(row)));
                } catch (RuntimeException | Error e) {
                    failed = true;
                    answers.set(row, e);
                    threads.forEach(Thread::interrupt);
                }
            }
        } finally {
            running.countDown();
        }
    }
}
