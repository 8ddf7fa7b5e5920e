package dev.llmadapt.spring.ai;

import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * One call of a model of Spring AI, subscribed to on another thread, so that who asks can give it up: an interrupt and
 * the end of the time limit cancel the subscription.
 */
final class ModelCall {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<ChatResponse> responses = new ArrayList<>();
    private final List<Token> pieces = new ArrayList<>();
    private final long start;
    private final long limit; // of System.nanoTime(), or 0
    private long first;

    ModelCall(long start, Duration limit) {
        this.start = start;
        this.limit = limit.isZero() ? 0 : start + limit.toNanos();
    }

    /** What the thread that answers tells the one that waits. */
    private sealed interface Event {
        record Piece(ChatResponse response) implements Event {}

        record Failed(Throwable failure) implements Event {}

        record Done() implements Event {}
    }

    /**
     * Waits for the answer.
     *
     * @param answer subscribed to here
     * @param listener hears the pieces of text, on this thread; null if it is to hear nothing
     * @return false if it was given up, because this thread was interrupted or the time is over
     */
    boolean hear(Flux<ChatResponse> answer, @Nullable TokenListener listener, ModelAnswers answers) {
        Disposable subscription = answer.subscribeOn(Schedulers.boundedElastic())
                .subscribe(
                        response -> events.add(new Event.Piece(response)),
                        failure -> events.add(new Event.Failed(failure)),
                        () -> events.add(new Event.Done()));
        try {
            while (true) {
                Event event = next();
                if (event instanceof Event.Piece piece) {
                    responses.add(piece.response());
                    Token token = ModelAnswers.piece(piece.response());
                    if (token != null) {
                        first = pieces.isEmpty() ? System.nanoTime() : first;
                        pieces.add(token);
                        if (listener != null) {
                            listener.onToken(token);
                        }
                    }
                } else if (event instanceof Event.Failed failed) {
                    if (failed.failure() instanceof Error error) {
                        throw error;
                    }
                    throw answers.failure(failed.failure());
                } else {
                    return event != null;
                }
            }
        } finally {
            subscription.dispose();
        }
    }

    /** The next event; null if it is not waited for any longer. */
    private @Nullable Event next() {
        try {
            if (Thread.currentThread().isInterrupted()) {
                return null;
            }
            return limit == 0 ? events.take() : events.poll(limit - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** What was heard. */
    List<ChatResponse> responses() {
        return responses;
    }

    /** The pieces of text that were heard. */
    List<Token> pieces() {
        return List.copyOf(pieces);
    }

    Timings timings() {
        long end = System.nanoTime();
        return new Timings(Duration.ofNanos((pieces.isEmpty() ? end : first) - start), Duration.ofNanos(end - start));
    }
}
