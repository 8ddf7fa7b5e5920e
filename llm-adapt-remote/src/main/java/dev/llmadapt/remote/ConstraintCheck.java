package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.List;
import java.util.Optional;

/** What of a constraint can be checked in a finished answer, and the one form of its text. */
final class ConstraintCheck {
    private final String where;

    ConstraintCheck(String where) {
        this.where = where;
    }

    /**
     * An answer that keeps its request's constraint: choices out of the JSON around them, JSON of a built schema in the
     * schema's one form.
     *
     * @param inJson whether a choice was asked for in JSON
     * @param whole whether nobody has heard of the answer before it is whole
     * @throws RemoteException if it does not keep the constraint
     */
    Generation checked(Request request, Generation answer, boolean inJson, boolean whole) {
        if (answer.finishReason() != FinishReason.STOP) {
            boolean unheard = whole && answer.finishReason() == FinishReason.INTERRUPTED;
            return inJson || unheard ? withText(answer, "") : answer;
        }
        if (request.constraint() instanceof OutputConstraint.OneOf oneOf) {
            String text = inJson ? choice(answer.text()) : answer.text();
            if (!oneOf.choices().contains(text)) {
                throw broken("one of " + oneOf.choices(), answer.text());
            }
            return inJson ? withText(answer, text) : answer;
        }
        if (request.constraint() instanceof OutputConstraint.Json json) {
            JsonElement value = value(answer.text());
            return json.schema() instanceof JsonSchema.Document ? answer : canonical(json.schema(), value, answer);
        }
        return answer;
    }

    private String choice(String text) {
        try {
            return Json.text(StrictJson.document(text), ConstraintJson.CHOICE);
        } catch (BrokenRecord e) {
            throw broken("a choice in JSON", text);
        }
    }

    private Generation canonical(JsonSchema schema, JsonElement value, Generation answer) {
        try {
            return withText(answer, schema.canonical(StrictJson.plain(value)));
        } catch (IllegalArgumentException e) {
            throw broken("JSON of its schema (" + e.getMessage() + ")", answer.text());
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

    private static Generation withText(Generation answer, String text) {
        if (text.equals(answer.text())) {
            return answer;
        }
        return new Generation(
                text,
                text.isEmpty() ? List.of() : List.of(new Token(ReportedTokens.UNKNOWN_ID, text, Double.NaN)),
                answer.finishReason(),
                answer.usage(),
                answer.timings(),
                answer.reasoning(),
                Optional.empty(),
                answer.toolCalls());
    }

    private RemoteException broken(String expected, String text) {
        return new RemoteException("the server at " + where + " did not keep the constraint: expected " + expected
                + ", got '" + Json.shortened(text) + "'; use a server that keeps it, or leave the constraint out");
    }
}
