package dev.llmadapt.langchain4j;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.Usage;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers of LangChain4j as this library's, and what of a request's conditions can be checked in them. */
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

    /**
     * An answer of this library.
     *
     * @param pieces what was heard of it before it was whole, with which its tokens begin
     * @throws LlmAdaptException if it does not keep what the request asks for
     */
    Generation generation(Request request, ChatResponse response, List<Token> pieces, Timings timings) {
        AiMessage message = response.aiMessage();
        List<ToolCall> calls = calls(request, message, response.finishReason());
        FinishReason reason = reason(response, calls);
        String heard = text(pieces);
        String text = heard.isEmpty() ? ChatMessages.orEmpty(message.text()) : heard;
        if (reason == FinishReason.STOP) {
            text = kept(request.constraint(), text);
        } else if (request.constraint() instanceof OutputConstraint.OneOf) {
            text = "";
        }
        List<Token> tokens = new ArrayList<>(pieces);
        String thought = thought(pieces);
        if (thought.isEmpty() && message.thinking() != null) {
            thought = message.thinking();
            tokens.add(new Token(UNKNOWN_ID, "", Double.NaN, thought));
        }
        if (heard.isEmpty() && !text.isEmpty()) {
            tokens.add(new Token(UNKNOWN_ID, text, Double.NaN));
        }
        return new Generation(text, tokens, reason, usage(response, tokens), timings, thought, Optional.empty(), calls);
    }

    /** An answer that was interrupted, with what was heard of it. */
    static Generation interrupted(List<Token> pieces, Timings timings) {
        return new Generation(
                text(pieces), pieces, FinishReason.INTERRUPTED, new Usage(0, pieces.size()), timings, thought(pieces));
    }

    private static String text(List<Token> pieces) {
        return String.join("", pieces.stream().map(Token::text).toList());
    }

    private static String thought(List<Token> pieces) {
        return String.join("", pieces.stream().map(Token::reasoning).toList());
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
            Request request, AiMessage message, dev.langchain4j.model.output.@Nullable FinishReason told) {
        List<ToolCall> calls = new ArrayList<>();
        for (dev.langchain4j.agent.tool.ToolExecutionRequest each : message.toolExecutionRequests()) {
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
            calls.add(call);
        }
        ToolChoice choice = request.toolChoice();
        boolean must = choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.NAMED;
        boolean cutOff = told == dev.langchain4j.model.output.FinishReason.LENGTH;
        if (request.callsTools() && must && calls.isEmpty() && !cutOff) {
            throw broken("a call of a tool", ChatMessages.orEmpty(message.text()));
        } else if (choice.mode() == ToolChoice.Mode.NAMED && calls.size() > 1) {
            throw broken("one call", calls.size() + " calls");
        }
        return calls;
    }

    /** The text of a whole answer in the one form that its constraint has. */
    private String kept(OutputConstraint constraint, String text) {
        if (constraint instanceof OutputConstraint.OneOf oneOf) {
            JsonElement choice = value(text) instanceof JsonObject object ? object.get(ModelRequests.CHOICE) : null;
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
