package dev.llmadapt.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.bridge.AnswerCheck;
import dev.llmadapt.remote.bridge.Pieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers of LangChain4j as this library's, and what of a request's conditions can be checked in them. */
final class ModelAnswers {
    private final String model;
    private final AnswerCheck check;

    /**
     * For one model.
     *
     * @param model its name, for messages
     */
    ModelAnswers(String model) {
        this.model = model;
        this.check = new AnswerCheck("the model '" + model + "'", LlmAdaptException::new);
    }

    /**
     * An answer of this library.
     *
     * @param pieces what was heard of it before it was whole, with which its tokens begin
     * @throws LlmAdaptException if it does not keep what the request asks for
     */
    Generation generation(Request request, ChatResponse response, List<Token> pieces, Timings timings) {
        AiMessage message = response.aiMessage();
        String heard = Pieces.text(pieces);
        String whole = ChatMessages.orEmpty(message.text());
        String unheard = whole.startsWith(heard) ? whole.substring(heard.length()) : "";
        String text = heard + unheard;
        List<ToolCall> calls = calls(request, message, response.finishReason(), text);
        FinishReason reason = reason(response, calls);
        if (reason == FinishReason.STOP) {
            text = check.text(request.constraint(), text, true);
        } else if (request.constraint() instanceof OutputConstraint.OneOf) {
            text = "";
        }
        List<Token> tokens = new ArrayList<>(pieces);
        String thought = Pieces.thought(pieces);
        if (thought.isEmpty() && message.thinking() != null) {
            thought = message.thinking();
            tokens.add(Pieces.thought(thought));
        }
        if (heard.isEmpty() && !text.isEmpty()) {
            tokens.add(Pieces.text(text)); // in the form of its constraint
        } else if (!unheard.isEmpty()) {
            tokens.add(Pieces.text(unheard));
        }
        return new Generation(text, tokens, reason, usage(response, tokens), timings, thought, Optional.empty(), calls);
    }

    private FinishReason reason(ChatResponse response, List<ToolCall> calls) {
        dev.langchain4j.model.output.FinishReason told = response.finishReason();
        if (told == dev.langchain4j.model.output.FinishReason.CONTENT_FILTER) {
            throw new LlmAdaptException("the model '" + model + "' withheld its answer: a content filter ended it");
        } else if (told == dev.langchain4j.model.output.FinishReason.LENGTH) {
            return FinishReason.LENGTH;
        }
        return calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS;
    }

    private static Usage usage(ChatResponse response, List<Token> tokens) {
        TokenUsage told = response.tokenUsage();
        int read = told == null || told.inputTokenCount() == null ? 0 : told.inputTokenCount();
        int written = told == null || told.outputTokenCount() == null ? tokens.size() : told.outputTokenCount();
        return new Usage(read, written);
    }

    private List<ToolCall> calls(
            Request request, AiMessage message, dev.langchain4j.model.output.@Nullable FinishReason told, String text) {
        List<ToolCall> calls = message.toolExecutionRequests().stream()
                .map(each -> check.call(
                        ChatMessages.orEmpty(each.id()),
                        ChatMessages.orEmpty(each.name()),
                        ChatMessages.orEmpty(each.arguments())))
                .toList();
        check.calls(request, calls, told == dev.langchain4j.model.output.FinishReason.LENGTH, text);
        return calls;
    }

    /** The exception of this library that says the same as one of LangChain4j's. */
    RuntimeException failure(Throwable failure) {
        String message = "the model '" + model + "' failed: " + failure.getMessage();
        if (failure instanceof UnsupportedFeatureException
                || failure instanceof InvalidRequestException
                || failure instanceof ModelNotFoundException) {
            return new IllegalArgumentException(message, failure);
        } else if (failure instanceof RateLimitException) {
            OverloadedException overloaded = new OverloadedException(message);
            overloaded.initCause(failure);
            return overloaded;
        } else if (failure instanceof IllegalStateException known) {
            return known;
        }
        return Unavailability.of(failure)
                ? new UnavailableException(message, failure)
                : new LlmAdaptException(message, failure);
    }
}
