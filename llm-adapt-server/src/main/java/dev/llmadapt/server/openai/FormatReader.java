package dev.llmadapt.server.openai;

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
            case "json_object" -> OutputConstraint.json(JsonSchema.parse("{\"type\":\"object\"}"));
            case "json_schema" -> OutputConstraint.json(schema(format, flat));
            default ->
                throw HttpFailure.unsupported(
                        format.path("type"),
                        format.path("type") + " must be text, json_object or json_schema, got '" + type + "'");
        };
    }

    private static JsonSchema schema(RequestFields format, boolean flat) {
        RequestFields inside =
                flat ? format : format.object("json_schema").orElseThrow(() -> format.missing("json_schema"));
        RequestFields schema = inside.object("schema").orElseThrow(() -> inside.missing("schema"));
        try {
            return JsonSchema.parse(schema.object().toString());
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(inside.path("schema"), String.valueOf(e.getMessage()));
        }
    }
}
