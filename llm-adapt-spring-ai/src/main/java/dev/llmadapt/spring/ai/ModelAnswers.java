package dev.llmadapt.spring.ai;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.Usage;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
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
    /** The id of a token that is not told. */
    static final int UNKNOWN_ID = -1;

    private final String model;

    /**
     * For one model.
     *
     * @param model its name, for messages
     */
    ModelAnswers(String model) {
        this.model = model;
    }

    /** The piece of an answer that a response has; null if it has no text. */
    static @Nullable Token piece(ChatResponse response) {
        org.springframework.ai.chat.model.Generation result = response.getResult();
        String text = result == null ? null : result.getOutput().getText();
        return text == null || text.isEmpty() ? null : new Token(UNKNOWN_ID, text, Double.NaN);
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
                result.getOutput().getToolCalls().forEach(call -> calls.add(call(request, call)));
                String reason = result.getMetadata().getFinishReason();
                told = reason == null || reason.isEmpty() ? told : reason;
            }
            usage = later(usage, response);
        }
        FinishReason reason = reason(told, calls);
        String text = String.join("", pieces.stream().map(Token::text).toList());
        String kept = text;
        if (reason == FinishReason.STOP) {
            kept = kept(request.constraint(), text);
        } else if (request.constraint() instanceof OutputConstraint.OneOf) {
            kept = "";
        }
        List<Token> tokens = kept.equals(text) ? pieces : List.of(new Token(UNKNOWN_ID, kept, Double.NaN));
        Usage counted = usage.completionTokens() == 0 ? new Usage(usage.promptTokens(), tokens.size()) : usage;
        return new Generation(kept, tokens, reason, counted, timings, "", Optional.empty(), calls);
    }

    private static Usage later(Usage before, ChatResponse response) {
        org.springframework.ai.chat.metadata.Usage told = response.getMetadata().getUsage();
        return new Usage(
                Math.max(before.promptTokens(), told.getPromptTokens()),
                Math.max(before.completionTokens(), told.getCompletionTokens()));
    }

    /** An answer that was interrupted, with what was heard of it. */
    static Generation interrupted(List<Token> pieces, Timings timings) {
        return new Generation(
                String.join("", pieces.stream().map(Token::text).toList()),
                pieces,
                FinishReason.INTERRUPTED,
                new Usage(0, pieces.size()),
                timings,
                "");
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

    private ToolCall call(Request request, AssistantMessage.ToolCall each) {
        String arguments = ChatMessages.orEmpty(each.arguments());
        ToolCall call;
        try {
            call = new ToolCall(
                    ChatMessages.orEmpty(each.id()),
                    ChatMessages.orEmpty(each.name()),
                    arguments.isBlank() ? "{}" : arguments);
        } catch (IllegalArgumentException e) {
            throw new LlmAdaptException("the model '" + model + "' wrote a broken call: " + e.getMessage(), e);
        }
        ToolSpec tool = request.tools().stream()
                .filter(any -> any.name().equals(call.name()))
                .findFirst()
                .orElseThrow(() -> broken("a call of one of its tools", call.name()));
        kept(OutputConstraint.json(tool.parameters()), call.arguments());
        return call;
    }

    /** The text of a whole answer in the one form that its constraint has. */
    private String kept(OutputConstraint constraint, String text) {
        if (constraint instanceof OutputConstraint.OneOf oneOf) {
            JsonElement choice = value(text) instanceof JsonObject object ? object.get(ModelPrompts.CHOICE) : null;
            if (choice == null || !choice.isJsonPrimitive() || !oneOf.choices().contains(choice.getAsString())) {
                throw broken("one of " + oneOf.choices(), text);
            }
            return choice.getAsString();
        } else if (constraint instanceof OutputConstraint.Json json) {
            JsonElement value = value(text);
            if (json.schema() instanceof JsonSchema.Document) {
                return text;
            }
            try {
                return json.schema().canonical(StrictJson.plain(value));
            } catch (IllegalArgumentException e) {
                throw broken("JSON of its schema (" + e.getMessage() + ")", text);
            }
        }
        return text;
    }

    private JsonElement value(String text) {
        try {
            JsonObject holder = StrictJson.document("{\"value\": " + text + "}");
            JsonElement value = holder.get("value");
            if (holder.size() == 1 && value != null) {
                return value;
            }
        } catch (BrokenRecord e) {
            throw broken("JSON (" + e.getMessage() + ")", text);
        }
        throw broken("one value of JSON", text);
    }

    private LlmAdaptException broken(String expected, String got) {
        String shown = got.length() <= 300 ? got : got.substring(0, 300) + " ...";
        return new LlmAdaptException("the model '" + model + "' did not do what it was asked: expected " + expected
                + ", got '" + shown + "'; use a model that does, or leave the condition out");
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
