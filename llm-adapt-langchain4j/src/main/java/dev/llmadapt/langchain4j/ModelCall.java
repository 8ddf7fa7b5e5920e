package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.remote.bridge.Pieces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of a model of LangChain4j, on a thread of its own, so that who asks can give it up: an interrupt and the end
 * of the time limit cancel the stream where its model can, and interrupt the thread.
 */
final class ModelCall {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Token> pieces = new ArrayList<>();
    private final long start;
    private final long limit; // of System.nanoTime(), or 0
    private final Thread thread;
    private long first;
    private volatile @Nullable StreamingHandle handle;
    private volatile boolean givenUp;

    private ModelCall(long start, Duration limit, Runnable asking) {
        this.start = start;
        this.limit = limit.isZero() ? 0 : start + limit.toNanos();
        this.thread = new Thread(asking, "llm-adapt langchain4j call");
        this.thread.setDaemon(true);
    }

    /** What the thread that asks tells the one that waits. */
    private sealed interface Event {
        record Piece(Token token) implements Event {}

        record Whole(ChatResponse response) implements Event {}

        record Failed(Throwable failure) implements Event {}
    }

    /** The call of a model that answers as a whole. */
    static ModelCall whole(ChatModel model, ChatRequest request, long start, Duration limit) {
        ModelCall[] self = new ModelCall[1];
        self[0] = new ModelCall(start, limit, () -> {
            try {
                self[0].events.add(whole(model.chat(request)));
            } catch (RuntimeException | Error e) { // whoever waits gets it
                self[0].events.add(new Event.Failed(e));
            }
        });
        return self[0];
    }

    private static Event whole(@Nullable ChatResponse response) {
        return response == null
                ? new Event.Failed(new LlmAdaptException("it answered nothing (null)"))
                : new Event.Whole(response);
    }

    /** The call of a model that streams its answer. */
    static ModelCall streamed(StreamingChatModel model, ChatRequest request, long start, Duration limit) {
        ModelCall[] self = new ModelCall[1];
        self[0] = new ModelCall(start, limit, () -> {
            try {
                model.chat(request, self[0].new Handler());
            } catch (RuntimeException | Error e) { // whoever waits gets it
                self[0].events.add(new Event.Failed(e));
            }
        });
        return self[0];
    }

    /**
     * Waits for the answer.
     *
     * @param listener hears its pieces, on this thread
     * @param answers for failures
     * @return the answer, or null if it was given up, because this thread was interrupted or the time is over
     */
    @Nullable
    ChatResponse answer(TokenListener listener, ModelAnswers answers) {
        boolean done = false;
        thread.start();
        try {
            while (true) {
                Event event = next();
                if (event instanceof Event.Piece piece) {
                    if (pieces.isEmpty()) {
                        first = System.nanoTime();
                    }
                    pieces.add(piece.token());
                    listener.onToken(piece.token());
                } else if (event instanceof Event.Whole whole) {
                    done = true;
                    return whole.response();
                } else if (event instanceof Event.Failed failed) {
                    done = true;
                    if (failed.failure() instanceof Error error) {
                        throw error;
                    }
                    throw answers.failure(failed.failure());
                } else {
                    return null;
                }
            }
        } finally {
            if (!done) {
                giveUp();
            }
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

    private void giveUp() {
        givenUp = true;
        StreamingHandle streaming = handle;
        if (streaming != null) {
            streaming.cancel();
        }
        thread.interrupt();
    }

    /** What was heard so far. */
    List<Token> pieces() {
        return List.copyOf(pieces);
    }

    Timings timings() {
        long end = System.nanoTime();
        return new Timings(Duration.ofNanos((pieces.isEmpty() ? end : first) - start), Duration.ofNanos(end - start));
    }

    /** Passes the pieces of an answer on. */
    private final class Handler implements StreamingChatResponseHandler {
        @Override
        public void onPartialResponse(String text) {
            piece(Pieces.text(text));
        }

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            heard(context.streamingHandle());
            onPartialResponse(part.text());
        }

        @Override
        public void onPartialThinking(PartialThinking part) {
            piece(Pieces.thought(ChatMessages.orEmpty(part.text())));
        }

        @Override
        public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
            heard(context.streamingHandle());
            onPartialThinking(part);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            events.add(whole(response));
        }

        @Override
        public void onError(Throwable error) {
            events.add(new Event.Failed(error));
        }

        private void piece(Token token) {
            events.add(new Event.Piece(token));
        }

        private void heard(@Nullable StreamingHandle streaming) {
            handle = streaming;
            if (givenUp && streaming != null) {
                streaming.cancel();
            }
        }
    }
}
