package dev.llmadapt;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An answer that a thread of an executor waits for; cancelling it interrupts that thread, which ends the answer. */
final class AnswerFuture extends CompletableFuture<Generation> {
    private final Model model;
    private final Request request;
    private @Nullable Thread runner; // guarded by this

    private AnswerFuture(Model model, Request request) {
        this.model = model;
        this.request = request;
    }

    static AnswerFuture start(Model model, Request request, Executor executor) {
        AnswerFuture future = new AnswerFuture(model, request);
        executor.execute(future::run);
        return future;
    }

    private void run() {
        synchronized (this) {
            if (isDone()) {
                return;
            }
            runner = Thread.currentThread();
        }
        try {
            complete(model.generate(request));
        } catch (Throwable e) { // whoever waits for the answer gets it, errors too
            completeExceptionally(e);
        } finally {
            synchronized (this) {
                runner = null;
                if (isCancelled()) {
                    clearInterrupt();
                }
            }
        }
    }

    /** Or the executor's next task would be interrupted. */
    @SuppressWarnings("ResultOfMethodCallIgnored")
    private static void clearInterrupt() {
        Thread.interrupted();
    }

    @Override
    public synchronized boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled && runner != null) {
            runner.interrupt();
        }
        return cancelled;
    }
}
