package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.io.Serial;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An answer whose pieces a handler hears; used by one thread, but for its cancelling. */
final class StreamedAnswer implements StreamingHandle {
    private static final Logger LOGGER = LoggerFactory.getLogger(StreamedAnswer.class);

    private final StreamingChatResponseHandler handler;
    private final ChatOptions options;
    private final String modelName;
    private volatile boolean cancelled;

    StreamedAnswer(StreamingChatResponseHandler handler, ChatOptions options, String modelName) {
        this.handler = handler;
        this.options = options;
        this.modelName = modelName;
    }

    /** Asks the model and tells the handler all of its answer, or its failure. */
    void write(Model model, Request request) {
        ChatResponse response;
        try {
            response = ChatAnswers.response(model.stream(request, this::hear), modelName, options);
        } catch (Cancelled e) {
            return;
        } catch (RuntimeException e) {
            if (!cancelled) {
                tellError(Failures.of(e));
            }
            return;
        } catch (Error e) {
            tellError(e);
            throw e;
        }
        List<dev.langchain4j.agent.tool.ToolExecutionRequest> calls =
                response.aiMessage().toolExecutionRequests();
        for (int i = 0; i < calls.size() && !cancelled; i++) {
            CompleteToolCall call = new CompleteToolCall(i, calls.get(i));
            tell(() -> handler.onCompleteToolCall(call));
        }
        if (!cancelled) {
            tell(() -> handler.onCompleteResponse(response));
        }
    }

    private void hear(Token token) {
        if (options.thinking() && !token.reasoning().isEmpty() && !cancelled) {
            tell(() -> handler.onPartialThinking(
                    new PartialThinking(token.reasoning()), new PartialThinkingContext(this)));
        }
        if (!token.text().isEmpty() && !cancelled) {
            tell(() -> handler.onPartialResponse(new PartialResponse(token.text()), new PartialResponseContext(this)));
        }
        if (cancelled) {
            throw new Cancelled();
        }
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            tellError(e);
        }
    }

    private void tellError(Throwable error) {
        try {
            handler.onError(error);
        } catch (RuntimeException e) {
            LOGGER.warn("the onError of a streaming handler threw an exception, which is ignored", e);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
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
