package dev.llmadapt.server.openai;

import dev.llmadapt.Generation;
import dev.llmadapt.server.http.ClientGone;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one request on a thread each, so that a model runs them together. If one fails, the others are
 * stopped.
 */
final class TogetherAnswers {
    private final RunningRequest request;
    private final Executor threads;
    private final @Nullable Generation[] answers;
    private final CountDownLatch over;
    private @Nullable Throwable failure; // guarded by this

    TogetherAnswers(RunningRequest request, Executor threads, int count) {
        this.request = request;
        this.threads = threads;
        this.answers = new Generation[count];
        this.over = new CountDownLatch(count);
    }

    /** Runs all of them; returns when the last one is over, whatever happened. */
    List<Generation> run(IntFunction<Generation> answering) {
        for (int i = 1; i < answers.length; i++) {
            int index = i;
            try {
                threads.execute(() -> {
                    request.enter();
                    try {
                        answer(index, answering);
                    } finally {
                        request.leave();
                    }
                });
            } catch (RuntimeException e) { // the executor is shut down
                failed(e);
                over.countDown();
            }
        }
        answer(0, answering);
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException e) { // the others are interrupted, too
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result();
    }

    private synchronized List<Generation> result() {
        if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
        List<Generation> all = new ArrayList<>();
        for (Generation answer : answers) {
            if (answer != null) {
                all.add(answer);
            }
        }
        return all;
    }

    private void answer(int index, IntFunction<Generation> answering) {
        try {
            Generation answer = answering.apply(index);
            synchronized (this) {
                answers[index] = answer;
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            over.countDown();
        }
    }

    private void failed(Throwable e) {
        synchronized (this) {
            if (failure == null) {
                failure = e;
            }
        }
        request.stop(
                e instanceof HttpFailure told
                        ? told
                        : HttpFailure.of(
                                e instanceof ClientGone ? 503 : 500, "internal_error", "another answer failed"));
    }
}
