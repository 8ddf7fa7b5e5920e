package dev.llmadapt.remote.bridge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.List;
import java.util.function.Function;

/**
 * Checks that an answer keeps what its request asks for, where another library or a server was told to keep it: choices
 * and calls of tools altogether, JSON of built schemas with their lengths, JSON of parsed schemas for being JSON.
 * Thread-safe.
 */
public final class AnswerCheck {
    private static final int SHOWN = 300;

    private final String who;
    private final Function<String, LlmAdaptException> failure;

    /**
     * For one model.
     *
     * @param who it is, to begin a message with, such as {@code the model 'a'}
     * @param failure makes an exception of a message
     */
    public AnswerCheck(String who, Function<String, LlmAdaptException> failure) {
        this.who = who;
        this.failure = failure;
    }

    /**
     * The text of a whole answer in the one form that its constraint has: a choice out of the JSON around it, JSON of a
     * built schema in the schema's form, others as they are.
     *
     * @param inJson whether a choice was asked for in JSON, by {@link ChoiceJson#schema}
     * @throws LlmAdaptException if it does not keep the constraint
     */
    public String text(OutputConstraint constraint, String text, boolean inJson) {
        if (constraint instanceof OutputConstraint.OneOf oneOf) {
            String choice =
                    inJson ? ChoiceJson.read(value(text)).orElseThrow(() -> broken("a choice in JSON", text)) : text;
            if (!oneOf.choices().contains(choice)) {
                throw broken("one of " + oneOf.choices(), text);
            }
            return choice;
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

    /**
     * A call of a tool.
     *
     * @param arguments a JSON object, or blank for a call without arguments
     * @throws LlmAdaptException if it is none
     */
    public ToolCall call(String id, String name, String arguments) {
        try {
            return new ToolCall(id, name, arguments.isBlank() ? "{}" : arguments);
        } catch (IllegalArgumentException e) {
            throw broken("a call of a tool (" + e.getMessage() + ")", arguments);
        }
    }

    /**
     * Checks the calls of an answer: they are of tools that the request has, with arguments that keep their schemas,
     * and keep its choice among tools.
     *
     * @param cutOff whether the answer ended by its length, before a call that it had to make may have come
     * @param text the answer's text, for a message
     * @throws LlmAdaptException if they do not
     */
    public void calls(Request request, List<ToolCall> calls, boolean cutOff, String text) {
        ToolChoice choice = request.toolChoice();
        boolean named = choice.mode() == ToolChoice.Mode.NAMED;
        boolean must = named || choice.mode() == ToolChoice.Mode.REQUIRED;
        if (request.callsTools() && must && calls.isEmpty() && !cutOff) {
            throw broken(named ? "a call of '" + choice.tool() + "'" : "a call of a tool", text);
        } else if (calls.size() > 1 && !choice.parallel()) {
            throw broken("one tool call at most", calls.size() + " calls");
        }
        for (ToolCall call : calls) {
            ToolSpec tool = request.tools().stream()
                    .filter(any -> any.name().equals(call.name()))
                    .findFirst()
                    .orElseThrow(() -> broken("a call of one of its tools", call.name()));
            if (named && !call.name().equals(choice.tool())) {
                throw broken("a call of '" + choice.tool() + "'", "one of '" + call.name() + "'");
            }
            text(OutputConstraint.json(tool.parameters()), call.arguments(), false);
        }
    }

    /** The one value of JSON that a text is. */
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
        String shown = got.length() <= SHOWN ? got : got.substring(0, SHOWN) + " ...";
        return failure.apply(who + " did not do what was asked: expected " + expected + ", got '" + shown
                + "'; use a model that does, or leave the condition out");
    }
}
