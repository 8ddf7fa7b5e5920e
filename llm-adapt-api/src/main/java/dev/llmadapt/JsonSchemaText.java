package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;

/** The text of a JSON Schema that says the same as a built schema. */
final class JsonSchemaText {
    private JsonSchemaText() {}

    static String of(JsonSchema schema) {
        if (schema instanceof JsonSchema.Document document) {
            return document.text();
        } else if (schema instanceof JsonSchema.ObjectOf object) {
            List<String> properties = new ArrayList<>();
            List<String> required = new ArrayList<>();
            object.properties().forEach((name, value) -> {
                properties.add(JsonSchema.quoted(name) + ": " + of(value));
                required.add(JsonSchema.quoted(name));
            });
            return "{\"type\": \"object\", \"properties\": {" + String.join(", ", properties) + "}, \"required\": ["
                    + String.join(", ", required) + "], \"additionalProperties\": false}";
        } else if (schema instanceof JsonSchema.ListOf list) {
            return "{\"type\": \"array\", \"items\": " + of(list.items()) + ", \"maxItems\": " + list.maxItems() + "}";
        } else if (schema instanceof JsonSchema.Text text) {
            return "{\"type\": \"string\", \"maxLength\": " + text.maxLength() + "}";
        } else if (schema instanceof JsonSchema.OneOf oneOf) {
            return "{\"type\": \"string\", \"enum\": ["
                    + String.join(
                            ", ",
                            oneOf.values().stream().map(JsonSchema::quoted).toList())
                    + "]}";
        } else if (schema instanceof JsonSchema.Nullable nullable) {
            return "{\"anyOf\": [" + of(nullable.value()) + ", {\"type\": \"null\"}]}";
        }
        return switch ((JsonSchema.Plain) schema) {
            case NUMBER -> "{\"type\": \"number\"}";
            case INTEGER -> "{\"type\": \"integer\"}";
            case BOOLEAN -> "{\"type\": \"boolean\"}";
        };
    }
}
