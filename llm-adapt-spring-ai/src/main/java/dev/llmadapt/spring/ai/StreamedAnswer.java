package dev.llmadapt.spring.ai;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.FluxSink;

/** An answer that a subscriber hears; written by one thread, which is interrupted when the subscriber cancels. */
final class StreamedAnswer implements Runnable {
    private final Model model;
    private final Request request;
    private final ChatAnswers answers;
    private final FluxSink<ChatResponse> sink;
    private @Nullable Thread writer; // guarded by this
    private boolean cancelled; // guarded by this

    StreamedAnswer(Model model, Request request, ChatAnswers answers, FluxSink<ChatResponse> sink) {
        this.model = model;
        this.request = request;
        this.answers = answers;
        this.sink = sink;
    }

    @Override
    public void run() {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            writer = Thread.currentThread();
        }
        try {
            sink.next(answers.end(model.stream(request, this::hear)));
            sink.complete();
        } catch (Cancelled e) {
            // nobody hears it any more
        } catch (Throwable e) { // whoever subscribed gets it, errors too
            sink.error(e);
        } finally {
            synchronized (this) {
                writer = null;
                if (cancelled) {
                    clearInterrupt();
                }
            }
        }
    }

    private void hear(Token token) {
        if (sink.isCancelled()) {
            throw new Cancelled();
        }
        if (!token.text().isEmpty() || !token.reasoning().isEmpty()) {
            sink.next(answers.piece(token));
        }
    }

    /** Ends the answer within one token; has no effect on one that ended. */
    synchronized void cancel() {
        cancelled = true;
        if (writer != null) {
            writer.interrupt();
        }
    }

    /** Or the executor's next task would be interrupted. */
    @SuppressWarnings("ResultOfMethodCallIgnored")
    private static void clearInterrupt() {
        Thread.interrupted();
    }

    /** Thrown through the model to end an answer that nobody hears any more. */
    private static final class Cancelled extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        Cancelled() {
            super("the answer was cancelled", null, false, false);
        }
    }
}
