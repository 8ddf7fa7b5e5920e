package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AnswerFutureTest {
    private static final Request REQUEST = Request.of("red or blue?");

    /** A model that answers when it is interrupted. */
    private static final class Endless extends ModelLayer {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final AtomicBoolean interrupted = new AtomicBoolean();

        Endless() {
            super(new ToyModel());
        }

        @Override
        protected Request apply(Request request) {
            begun.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.set(true);
                Thread.currentThread().interrupt();
            }
            return request;
        }
    }

    @Test
    void generateAsync_isTheAnswer() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Model model = new ToyModel()) {
            assertThat(model.generateAsync(REQUEST, threads)
                            .get(1, TimeUnit.MINUTES)
                            .text())
                    .isEqualTo(model.generate(REQUEST).text());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void generateAsync_whatFails_isTheCause() {
        try (Model model = new ToyModel()) {
            CompletableFuture<Generation> future = model.generateAsync(REQUEST.withAdapter("none"), Runnable::run);
            assertThatThrownBy(future::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void cancel_endsTheAnswerAndLeavesTheThreadAsItWas() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Endless model = new Endless()) {
            CompletableFuture<Generation> future = model.generateAsync(REQUEST, threads);
            assertThat(model.begun.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(future.cancel(true)).isTrue();
            assertThat(threads.submit(() -> Thread.currentThread().isInterrupted())
                            .get(1, TimeUnit.MINUTES))
                    .isFalse();
            assertThat(model.interrupted).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void cancel_beforeItBegins_asksNothing() {
        Runnable[] later = new Runnable[1];
        try (Endless model = new Endless()) {
            CompletableFuture<Generation> future = model.generateAsync(REQUEST, task -> later[0] = task);
            future.cancel(true);
            later[0].run();
            assertThat(model.begun.getCount()).isEqualTo(1);
        }
    }
}
