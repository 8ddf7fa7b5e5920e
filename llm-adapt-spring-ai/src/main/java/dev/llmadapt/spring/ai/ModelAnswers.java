package dev.llmadapt.spring.ai;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.Usage;
import dev.llmadapt.remote.bridge.AnswerCheck;
import dev.llmadapt.remote.bridge.Pieces;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;

/** Answers of Spring AI as this library's, and what of a request's conditions can be checked in them. */
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

    /** The piece of an answer that a response has; null if it has no text. */
    static @Nullable Token piece(ChatResponse response) {
        org.springframework.ai.chat.model.Generation result = response.getResult();
        String text = result == null ? null : result.getOutput().getText();
        return text == null || text.isEmpty() ? null : Pieces.text(text);
    }

    /**
     * An answer of this library.
     *
     * @param responses all of the answer's, at least one
     * @param pieces the pieces of text in them
     * @throws LlmAdaptException if it does not keep what the request asks for
     */
    Generation generation(Request request, List<ChatResponse> responses, List<Token> pieces, Timings timings) {
        List<ToolCall> calls = new ArrayList<>();
        String told = "";
        Usage usage = Usage.NONE;
        for (ChatResponse response : responses) {
            org.springframework.ai.chat.model.Generation result = response.getResult();
            if (result != null) {
                result.getOutput().getToolCalls().forEach(call -> calls.add(call(call)));
                String reason = result.getMetadata().getFinishReason();
                told = reason == null || reason.isEmpty() ? told : reason;
            }
            usage = later(usage, response);
        }
        if (responses.stream().allMatch(response -> response.getResult() == null)) {
            throw new LlmAdaptException("the model '" + model + "' answered nothing: its response has no result");
        }
        FinishReason reason = reason(told, calls);
        String text = Pieces.text(pieces);
        check.calls(request, calls, reason == FinishReason.LENGTH, text);
        String kept = text;
        if (reason == FinishReason.STOP) {
            kept = check.text(request.constraint(), text, true);
        } else if (request.constraint() instanceof OutputConstraint.OneOf) {
            kept = "";
        }
        List<Token> tokens = kept.equals(text) ? pieces : List.of(Pieces.text(kept));
        Usage counted = usage.completionTokens() == 0
                ? new Usage(usage.promptTokens(), tokens.size(), usage.cachedPromptTokens())
                : usage;
        return new Generation(kept, tokens, reason, counted, timings, "", Optional.empty(), calls);
    }

    private static Usage later(Usage before, ChatResponse response) {
        org.springframework.ai.chat.metadata.Usage told = response.getMetadata().getUsage();
        Long cached = told.getCacheReadInputTokens();
        return new Usage(
                Math.max(before.promptTokens(), told.getPromptTokens()),
                Math.max(before.completionTokens(), told.getCompletionTokens()),
                Math.max(before.cachedPromptTokens(), cached == null ? 0 : Math.toIntExact(cached)));
    }

    /** Providers write reasons in their own ways: {@code length}, {@code LENGTH}, {@code MAX_TOKENS}. */
    private FinishReason reason(String told, List<ToolCall> calls) {
        String reason = told.toLowerCase(Locale.ROOT);
        if (reason.contains("filter") || reason.contains("safety") || reason.contains("refusal")) {
            throw new LlmAdaptException("the model '" + model + "' withheld its answer: it ended with " + told);
        } else if (reason.contains("length") || reason.contains("max")) {
            return FinishReason.LENGTH;
        }
        return calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS;
    }

    private ToolCall call(AssistantMessage.ToolCall call) {
        return check.call(
                ChatMessages.orEmpty(call.id()),
                ChatMessages.orEmpty(call.name()),
                ChatMessages.orEmpty(call.arguments()));
    }

    /** A failure of Spring AI as one of this library; what the caller did wrong stays as it is. */
    RuntimeException failure(Throwable failure) {
        if (failure instanceof LlmAdaptException
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException
                || failure instanceof UnsupportedOperationException) {
            return (RuntimeException) failure;
        }
        String message = "the model '" + model + "' failed: " + failure.getMessage();
        return isUnavailable(failure)
                ? new UnavailableException(message, failure)
                : new LlmAdaptException(message, failure);
    }

    /** Whether a connection was refused, broke or took too long, which says nothing about the request. */
    static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }
}
