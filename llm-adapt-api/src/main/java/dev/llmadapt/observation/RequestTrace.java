package dev.llmadapt.observation;

import dev.llmadapt.observation.RequestEnd.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The course of one request, told to a listener and to the Flight Recorder. A model begins it with
 * {@link RequestObserver#begin}, and ends it with {@link #finished}, {@link #cancelled} or {@link #failed}; what comes
 * after the first of these has no effect.
 *
 * <p>All methods are for the thread that made the request, except {@link #begun} and {@link #cached}, which may be
 * called on another one.
 */
public final class RequestTrace {
    /** The trace of a request that nobody hears of. */
    public static final RequestTrace NONE = new RequestTrace();

    private static final AtomicLong IDS = new AtomicLong();

    private final RequestObserver observer;
    private final Operation operation;
    private final int priority;
    private final long callNanos;
    private final long id;
    private final boolean listening;
    private final RequestEvent event = new RequestEvent();
    private List<String> adapters = List.of();
    private @Nullable RequestInfo info; // once something was told
    private volatile long begunNanos; // since the call, from 1; 0 while it waits
    private final AtomicInteger cached = new AtomicInteger();
    private boolean begunTold;
    private long firstNanos; // since the call, from 1; 0 before the first token
    private long lastNanos; // since the call, from 1; 0 before the last token
    private boolean givenUp;
    private boolean over;

    private RequestTrace() {
        this.observer = RequestObserver.NONE;
        this.operation = Operation.CHAT;
        this.priority = 0;
        this.callNanos = 0;
        this.id = 0;
        this.listening = false;
        this.over = true;
    }

    RequestTrace(RequestObserver observer, Operation operation, int priority) {
        this.observer = observer;
        this.operation = operation;
        this.priority = priority;
        this.listening = !observer.listener.equals(ModelListener.NONE);
        this.id = listening ? IDS.incrementAndGet() : 0;
        event.begin();
        this.callNanos = System.nanoTime();
    }

    /** When the request came, in the time of {@link System#nanoTime()}. */
    public long callNanos() {
        return callNanos;
    }

    /**
     * Says that the request is about to wait for its turn.
     *
     * @param adapters those that it uses, by name, all of which there are
     */
    public void queued(List<String> adapters) {
        if (over) {
            return;
        }
        this.adapters = adapters;
        if (listening) {
            observer.listener.onQueued(info());
        }
    }

    /** Says that the request has its turn; on any thread, which does not tell the listener. Only the first counts. */
    public void begun() {
        if (!over && begunNanos == 0) {
            begunNanos = sinceCall(System.nanoTime());
        }
    }

    /** Says how many tokens of a prompt of the request the cache held; on any thread. */
    public void cached(int tokens) {
        if (!over) {
            cached.addAndGet(tokens);
        }
    }

    /** How many tokens of a prompt of so many the cache held, as {@link #cached} told until the request ended. */
    public int cachedOf(int promptTokens) {
        return Math.min(cached.get(), promptTokens);
    }

    /** Whether the request has had its turn, of which {@link #begun} told. */
    public boolean hasBegun() {
        return begunNanos != 0;
    }

    /** Whether the request has begun, and {@link #tell} would tell the listener. */
    public boolean hasNews() {
        return listening && !begunTold && !over && begunNanos != 0;
    }

    /** Tells the listener that the request has begun, if it has and was not told. */
    public void tell() {
        if (hasNews()) {
            begunTold = true;
            observer.listener.onStarted(info(), Duration.ofNanos(begunNanos));
        }
    }

    /** Says that there is a token; those after the first have no effect. */
    public void firstToken() {
        if (over || firstNanos != 0) {
            return;
        }
        firstNanos = sinceCall(System.nanoTime());
        if (listening) {
            tell();
            observer.listener.onFirstToken(info(), Duration.ofNanos(firstNanos));
        }
    }

    /** Says that the last token is there: the time of the request ends now, though its end may be told later. */
    public void lastToken() {
        if (!over && lastNanos == 0) {
            lastNanos = sinceCall(System.nanoTime());
            event.end();
        }
    }

    /**
     * Ends the request with what was asked for.
     *
     * @param finishReason see {@link RequestEnd#finishReason}
     */
    public void finished(String finishReason, int promptTokens, int completionTokens) {
        end(Outcome.FINISHED, finishReason, "", promptTokens, completionTokens);
    }

    /**
     * Ends the request with the part of an answer that there was when it was cancelled.
     *
     * @param timeOver whether its time limit passed
     */
    public void cancelled(boolean timeOver, int promptTokens, int completionTokens) {
        end(Outcome.CANCELLED, "interrupted", reason(timeOver), promptTokens, completionTokens);
    }

    /**
     * Says that whoever hears the tokens threw, by which a caller gives a request up: the failure that follows cancels
     * it.
     */
    public void givenUp() {
        givenUp = true;
    }

    /** {@link #failed(Throwable, boolean, int, int)} before a token was read or written. */
    public void failed(Throwable failure, boolean timeOver) {
        failed(failure, timeOver, 0, 0);
    }

    /**
     * Ends the request without an answer: as cancelled for a {@link CancellationException} and where it was
     * {@linkplain #givenUp given up}, else as failed.
     *
     * @param timeOver whether its time limit passed
     * @param promptTokens those of the prompt, if it was read
     * @param completionTokens those that were written before
     */
    public void failed(Throwable failure, boolean timeOver, int promptTokens, int completionTokens) {
        if (givenUp) {
            end(Outcome.CANCELLED, "", reason(false), promptTokens, completionTokens);
        } else if (failure instanceof CancellationException) {
            end(Outcome.CANCELLED, "", reason(timeOver), promptTokens, completionTokens);
        } else {
            end(Outcome.FAILED, "", failure.getClass().getName(), promptTokens, completionTokens);
        }
    }

    private static String reason(boolean timeOver) {
        return timeOver ? "timeout" : "cancelled";
    }

    private void end(Outcome outcome, String finishReason, String error, int promptTokens, int completionTokens) {
        if (over) {
            return;
        }
        lastToken();
        tell();
        over = true;
        int held = cachedOf(promptTokens); // of a prompt that is told
        if (event.shouldCommit()) {
            event.operation = operation.key();
            event.provider = observer.provider;
            event.model = observer.model;
            event.adapters = String.join(",", adapters);
            event.priority = priority;
            event.outcome = outcome.name().toLowerCase(Locale.ROOT);
            event.finishReason = finishReason;
            event.errorType = error;
            event.promptTokens = promptTokens;
            event.cachedPromptTokens = held;
            event.completionTokens = completionTokens;
            event.queueTime = begunNanos;
            event.timeToFirstToken = firstNanos;
            event.commit();
        }
        if (listening) {
            observer.listener.onEnd(new RequestEnd(
                    info(),
                    outcome,
                    finishReason,
                    error,
                    promptTokens,
                    held,
                    completionTokens,
                    time(begunNanos),
                    time(firstNanos),
                    Duration.ofNanos(lastNanos)));
        }
    }

    private static Optional<Duration> time(long nanos) {
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    private long sinceCall(long nanos) {
        return Math.max(1, nanos - callNanos);
    }

    private RequestInfo info() {
        RequestInfo known = info;
        if (known == null) {
            known = new RequestInfo(
                    id, operation, observer.provider, observer.model, adapters, priority, observer.server);
            info = known;
        }
        return known;
    }
}
