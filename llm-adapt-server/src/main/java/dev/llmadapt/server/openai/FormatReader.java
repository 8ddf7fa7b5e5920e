package dev.llmadapt.server.openai;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.server.http.HttpFailure;

/** Reads {@code response_format}, and {@code text.format} of {@code /v1/responses}. */
final class FormatReader {
    private FormatReader() {}

    static OutputConstraint read(RequestFields fields) {
        return fields.object("response_format")
                .map(format -> constraint(format, false))
                .orElse(OutputConstraint.none());
    }

    /** Reads {@code text.format}, in which name and schema stand beside the type. */
    static OutputConstraint readFlat(RequestFields fields) {
        return fields.object("text")
                .flatMap(text -> text.object("format"))
                .map(format -> constraint(format, true))
                .orElse(OutputConstraint.none());
    }

    private static OutputConstraint constraint(RequestFields format, boolean flat) {
        String type = format.requiredText("type");
        return switch (type) {
            case "text" -> OutputConstraint.none();
            case "json_object" -> format.value("schema").isPresent() ? schema(format, "schema") : anyObject();
            case "json_schema" -> {
                RequestFields inside =
                        flat ? format : format.object("json_schema").orElseThrow(() -> format.missing("json_schema"));
                yield schema(inside, "schema");
            }
            default ->
                throw HttpFailure.unsupported(
                        format.path("type"),
                        format.path("type") + " must be text, json_object or json_schema, got '" + type + "'");
        };
    }

    /** Any JSON object. */
    static OutputConstraint anyObject() {
        return OutputConstraint.json(JsonSchema.parse("{\"type\":\"object\"}"));
    }

    /** JSON of a schema, which is an object, or its text. */
    static OutputConstraint schema(RequestFields fields, String name) {
        JsonElement value = fields.value(name).orElseThrow(() -> fields.missing(name));
        boolean isText = value instanceof JsonPrimitive primitive && primitive.isString();
        if (!isText && !(value instanceof JsonObject)) {
            throw fields.wrong(name, "a JSON Schema, an object", value);
        }
        try {
            return OutputConstraint.json(JsonSchema.parse(isText ? value.getAsString() : value.toString()));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(fields.path(name), fields.path(name) + ": " + e.getMessage());
        }
    }
}
