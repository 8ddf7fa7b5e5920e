package dev.llmadapt.server.openai;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Admission;
import dev.llmadapt.server.http.ClientGone;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import dev.llmadapt.server.metrics.ServerMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running of requests: each waits for a place, is stopped when its time is over, and is counted. {@link #drain}
 * lets none begin any more and waits for the others. Thread-safe.
 */
public final class Answering implements AutoCloseable {
    /** How long a client may not read what it is told of the end of its request. */
    private static final Duration STALLED = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

    private final Admission admission;
    private final Duration limit;
    private final ServerMetrics metrics;
    private final Executor threads;
    private final ScheduledThreadPoolExecutor clock;
    private final Set<RunningRequest> running = new HashSet<>(); // guarded by itself
    private boolean draining; // guarded by running

    /**
     * A running of requests.
     *
     * @param limit the longest time of a request, that in the queue included
     * @param threads for the answers of a request that has several; stays the caller's
     */
    public Answering(Admission admission, Duration limit, ServerMetrics metrics, Executor threads) {
        this.admission = admission;
        this.limit = limit;
        this.metrics = metrics;
        this.threads = threads;
        this.clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-adapt-server-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
    }

    /** A listener for the tokens of several answers, called on several threads. */
    @FunctionalInterface
    interface ChoiceListener {
        void onToken(int choice, Token token);
    }

    /**
     * Runs a request when there is a place for it.
     *
     * @throws HttpFailure 429 if there is none, 503 if the server is about to stop, 504 if its time is over
     */
    void run(Exchange exchange, Consumer<RunningRequest> work) {
        RunningRequest request = new RunningRequest();
        synchronized (running) {
            if (draining) {
                throw stopping();
            }
            running.add(request);
        }
        Future<?> end = clock.schedule(() -> expire(request), limit.toMillis(), TimeUnit.MILLISECONDS);
        request.enter();
        try {
            Admission.Place place = admission.enter(exchange.caller());
            try (place) {
                work.accept(request);
            }
        } catch (InterruptedException | CancellationException e) { // the latter from scores, which have no half result
            throw request.stopped().orElseGet(Answering::stopping);
        } catch (HttpFailure | ClientGone e) {
            throw e;
        } catch (OverloadedException e) {
            throw HttpFailure.of(429, "queue_full", String.valueOf(e.getMessage()))
                    .withHeader("retry-after", "1");
        } catch (RuntimeException e) { // of a request that was stopped, it is a layer's that cannot go on
            throw request.stopped().map(RuntimeException.class::cast).orElse(e);
        } finally {
            end.cancel(false);
            request.leave();
            synchronized (running) {
                running.remove(request);
                running.notifyAll();
            }
        }
    }

    private void expire(RunningRequest request) {
        stop(
                request,
                HttpFailure.of(
                                504,
                                "timeout",
                                "the request took longer than the " + limit.toMillis() / 1000.0
                                        + " seconds that this server gives one; ask for fewer tokens, or raise the limit")
                        .withHeader("x-should-retry", "false"));
    }

    private void stop(RunningRequest request, HttpFailure why) {
        request.stop(why);
        Future<?> forced = clock.schedule(request::force, STALLED.toMillis(), TimeUnit.MILLISECONDS);
        LOG.debug("a request is stopped: {}", forced);
    }

    private static HttpFailure stopping() {
        return HttpFailure.of(503, "stopping", "the server is about to stop and takes no more requests");
    }

    /** Answers all, together where the model can. */
    List<Generation> answers(RunningRequest request, ServedModel served, List<Asked> asked) {
        return withAdapter(request, served, () -> {
            long begun = System.nanoTime();
            Model model = served.model();
            List<Generation> answers = asked.stream().allMatch(Asked.Conversation.class::isInstance)
                    ? refusing(
                            asked,
                            () -> model.generate(asked.stream()
                                    .map(each -> ((Asked.Conversation) each).request())
                                    .toList()))
                    : together(request, asked, (choice, token) -> {});
            return counted(request, served, answers, begun);
        });
    }

    /** Answers all at the same time; the listener hears the tokens of each. */
    List<Generation> stream(RunningRequest request, ServedModel served, List<Asked> asked, ChoiceListener listener) {
        return withAdapter(request, served, () -> {
            long begun = System.nanoTime();
            List<Generation> answers = asked.size() == 1
                    ? List.of(refusing(asked, () -> asked.get(0).stream(token -> listener.onToken(0, token))))
                    : together(request, asked, listener);
            return counted(request, served, answers, begun);
        });
    }

    /**
     * Asks a model while its adapter is in memory, for which it is loaded first if it has to be.
     *
     * @throws HttpFailure 500 if it cannot be loaded, 404 if it was unloaded meanwhile
     */
    <T> T withAdapter(RunningRequest request, ServedModel served, Supplier<T> asking) {
        Optional<AdapterPool> pool = served.adapterPool();
        if (pool.isEmpty()) {
            return asking.get();
        }
        try (AdapterPool.Lease lease = AdapterLeases.take(pool.get(), served.name())) {
            if (lease.cold()) {
                request.noteColdAdapter();
            }
            return asking.get();
        }
    }

    private List<Generation> together(RunningRequest request, List<Asked> asked, ChoiceListener listener) {
        return new TogetherAnswers(request, threads, asked.size()).run(i -> {
            TokenListener own = token -> listener.onToken(i, token);
            return refusing(List.of(asked.get(i)), () -> asked.get(i).stream(own));
        });
    }

    /** Counts answers, and throws if they were stopped. */
    private List<Generation> counted(
            RunningRequest request, ServedModel served, List<Generation> answers, long begunNanos) {
        double waited = (begunNanos - request.startNanos()) / 1e9;
        for (Generation answer : answers) {
            metrics.tokens(
                    served.name(), answer.usage().promptTokens(), answer.usage().completionTokens());
            double first = answer.timings().toFirstToken().toNanos() / 1e9;
            double all = answer.timings().total().toNanos() / 1e9;
            metrics.answer(
                    served.name(),
                    served.adapter().isEmpty() ? "none" : request.hadColdAdapter() ? "cold" : "warm",
                    waited + first,
                    answer.tokens().size() < 2
                            ? Double.NaN
                            : (all - first) / (answer.tokens().size() - 1));
        }
        if (answers.stream().anyMatch(answer -> answer.finishReason() == FinishReason.INTERRUPTED)) {
            throw request.stopped().orElseGet(Answering::stopping);
        }
        return answers;
    }

    /** Counts tokens that were read without an answer. */
    void countRead(ServedModel served, int tokens) {
        metrics.tokens(served.name(), tokens, 0);
    }

    /** Asks a model; what it refuses is the client's to know. */
    static <T> T refusing(List<Asked> asked, Supplier<T> asking) {
        try {
            return asking.get();
        } catch (IllegalArgumentException e) {
            throw refused(asked, e);
        }
    }

    private static HttpFailure refused(List<Asked> asked, IllegalArgumentException e) {
        try {
            for (Asked each : asked) {
                List<Integer> lengths = each.lengths();
                if (!lengths.isEmpty() && lengths.get(0) >= lengths.get(1)) {
                    return HttpFailure.of(
                                    400,
                                    "context_length_exceeded",
                                    "the prompt has " + lengths.get(0) + " tokens, the context of the model holds "
                                            + lengths.get(1) + " with at least one for the answer; shorten the prompt")
                            .withParam(each.param());
                }
            }
        } catch (IllegalArgumentException again) {
            // what was refused is not the length
        }
        return HttpFailure.invalid(null, String.valueOf(e.getMessage()));
    }

    /** Whether requests are taken no more. */
    public boolean isDraining() {
        synchronized (running) {
            return draining;
        }
    }

    /**
     * Lets no request begin any more, and waits for those under way.
     *
     * @param grace how long they have; then they are stopped, and told so
     */
    public void drain(Duration grace) {
        synchronized (running) {
            draining = true;
        }
        if (!awaitAll(grace)) {
            synchronized (running) {
                for (RunningRequest each : new ArrayList<>(running)) {
                    stop(each, stopping());
                }
            }
            awaitAll(STALLED.plusSeconds(5));
        }
    }

    /** Waits until nothing runs, as long as a time, or until the thread is interrupted. */
    private boolean awaitAll(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        synchronized (running) {
            while (!running.isEmpty()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                try {
                    running.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /** Stops the clock. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
